import { setTimeout as sleep } from "node:timers/promises";
import { isList, isMap } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import type { CallContext } from "../../provider";
import { textAt } from "../kinds";
import { annotationOf, metadataOf, nameOf, namespaceOf } from "../object";
import { ApiError } from "./failure";
import type { Objects } from "./objects";
import { readinessOf } from "./readiness";
import type { Readiness } from "./readiness";
import { readWish } from "./waitFor";

/** Ten minutes, as the official provider waits where nobody says otherwise. */
const defaultTimeout = 600;
const firstPause = 100;
const longestPause = 2000;

/** How long to wait for an object, in seconds: by its resource's options, its annotation, or the default. */
export function timeoutOf(object: PropertyMap, timeout: number): number {
  if (timeout > 0) return timeout;
  const asked = Number(annotationOf(object, "pulumi.com/timeoutSeconds"));
  return Number.isFinite(asked) && asked > 0 ? asked : defaultTimeout;
}

/**
 * Waits until an object is ready: by its annotation `pulumi.com/waitFor`, or else by its kind. Not at all with
 * `pulumi.com/skipAwait`.
 *
 * @returns the object as it was last seen, and why it is not ready if it is not.
 */
export async function awaitReady(
  objects: Objects,
  inputs: PropertyMap,
  made: PropertyMap,
  seconds: number,
  context: CallContext,
): Promise<{ readonly live: PropertyMap; readonly failure: string | undefined }> {
  if (annotationOf(inputs, "pulumi.com/skipAwait") === "true") {
    context.log("info", "Skipping await logic", { ephemeral: true });
    return { live: made, failure: undefined };
  }
  const annotation = annotationOf(inputs, "pulumi.com/waitFor");
  const wish = annotation === "" ? undefined : readWish(annotation);
  const deadline = Date.now() + seconds * 1000;
  let live = made;
  let said = "";
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    const found = wish === undefined ? await readiness(objects, live, context) : wish(live);
    if (found.state === "ready") return { live, failure: undefined };
    if (found.state === "failed") return { live, failure: found.why };
    if (Date.now() >= deadline) return { live, failure: `it is not ready after ${seconds} seconds: ${found.why}` };
    if (found.why !== said) context.log("info", found.why, { ephemeral: true });
    said = found.why;
    await sleep(pause, undefined, { signal: context.signal });
    const now = await objects.find(made, context.signal);
    if (now === undefined) return { live, failure: "it was deleted while it was waited for" };
    live = now;
  }
}

/** Waits until an object is gone; another one of its name counts as gone. */
export async function awaitGone(
  objects: Objects,
  object: PropertyMap,
  seconds: number,
  context: CallContext,
): Promise<{ readonly gone: boolean; readonly finalizers: readonly string[] }> {
  const deadline = Date.now() + seconds * 1000;
  const uid = metadataOf(object)["uid"];
  for (let pause = firstPause; ; pause = Math.min(pause * 1.5, longestPause)) {
    const now = await objects.find(object, context.signal);
    if (now === undefined || (uid !== undefined && metadataOf(now)["uid"] !== uid))
      return { gone: true, finalizers: [] };
    if (Date.now() >= deadline) {
      const { finalizers } = metadataOf(now);
      return { gone: false, finalizers: isList(finalizers) ? finalizers.map(String) : [] };
    }
    if (pause === firstPause) context.log("info", "Resource scheduled for deletion", { ephemeral: true });
    await sleep(pause, undefined, { signal: context.signal });
  }
}

async function readiness(objects: Objects, live: PropertyMap, context: CallContext): Promise<Readiness> {
  const found = readinessOf(live);
  const apiVersion = textAt(live, "apiVersion");
  if (apiVersion !== "v1") return found;
  if (textAt(live, "kind") === "Service" && found.state === "ready") return await endpoints(objects, live, context);
  if (textAt(live, "kind") === "PersistentVolumeClaim" && found.state === "waiting") {
    return (await waitsForConsumer(objects, live, context)) ? { state: "ready" } : found;
  }
  return found;
}

/** A service that selects pods is ready when one of them is. */
async function endpoints(objects: Objects, live: PropertyMap, context: CallContext): Promise<Readiness> {
  const spec = isMap(live["spec"]) ? live["spec"] : {};
  const selector = isMap(spec["selector"]) ? Object.keys(spec["selector"]) : [];
  if (selector.length === 0 || textAt(spec, "type") === "ExternalName") return { state: "ready" };
  const like = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", namespace: namespaceOf(live) };
  const list = await objects.list(like, `kubernetes.io/service-name=${nameOf(live)}`, context.signal);
  const slices = isList(list["items"]) ? list["items"].filter(isMap) : [];
  const ready = slices.some(
    (slice) =>
      isList(slice["endpoints"]) &&
      slice["endpoints"].some(
        (endpoint) => isMap(endpoint) && !(isMap(endpoint["conditions"]) && endpoint["conditions"]["ready"] === false),
      ),
  );
  return ready ? { state: "ready" } : { state: "waiting", why: "no pod that it selects is ready" };
}

/** Whether a claim's volume is only made when a pod asks for it: then nothing is to be waited for. */
async function waitsForConsumer(objects: Objects, live: PropertyMap, context: CallContext): Promise<boolean> {
  const spec = isMap(live["spec"]) ? live["spec"] : {};
  const name = textAt(spec, "storageClassName");
  if (name === "") return false;
  const like = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name } };
  try {
    const storageClass = await objects.find(like, context.signal);
    return storageClass !== undefined && storageClass["volumeBindingMode"] === "WaitForFirstConsumer";
  } catch (error) {
    // Not everybody may read storage classes.
    if (error instanceof ApiError && error.code === 403) return false;
    throw error;
  }
}
