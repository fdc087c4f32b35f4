import { isList } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import type { CallContext } from "../../provider";
import { surroundingsOf } from "../../surroundings";
import { isDefinition, textAt } from "../kinds";
import { annotationOf, metadataOf } from "../object";
import { Bell } from "./bell";
import { companionOf, waitsForConsumer } from "./companions";
import { NoSuchKind } from "./failure";
import { Follower } from "./follow";
import type { Objects } from "./objects";
import { PodTroubles } from "./pods";
import { readinessOf, usualSeconds } from "./readiness/kinds";
import { READY } from "./readiness/status";
import type { Readiness } from "./readiness/status";
import { readWish } from "./waitFor";

/** What is waited for is judged anew after so many milliseconds at the latest, news or not. */
const longestNap = 1000;

/** How long to wait for an object, in seconds: by its resource's options, its annotation, or the default of its kind. */
export function timeoutOf(object: PropertyMap, timeout: number, usual = usualSeconds(object)): number {
  if (timeout > 0) return timeout;
  const asked = Number(annotationOf(object, "pulumi.com/timeoutSeconds"));
  return Number.isFinite(asked) && asked > 0 ? asked : usual;
}

export function skipsAwait(inputs: PropertyMap): boolean {
  return annotationOf(inputs, "pulumi.com/skipAwait") === "true";
}

export interface Awaited {
  /** The object as it was last seen. */
  readonly live: PropertyMap;
  /** Why it is not ready; undefined if it is. */
  readonly failure: string | undefined;
}

/**
 * Waits until an object is ready: by its annotation `pulumi.com/waitFor`, or else by its kind, or by what its status
 * says with PULUMI_K8S_AWAIT_ALL. Not at all with `pulumi.com/skipAwait`.
 */
export async function awaitReady(
  objects: Objects,
  inputs: PropertyMap,
  made: PropertyMap,
  seconds: number,
  context: CallContext,
): Promise<Awaited> {
  if (skipsAwait(inputs)) {
    context.log("info", "Skipping await logic", { ephemeral: true });
    return { live: made, failure: undefined };
  }
  const annotation = annotationOf(inputs, "pulumi.com/waitFor");
  const wish = annotation === "" ? undefined : readWish(annotation);
  const judge = wish ?? ownJudge(context);
  // Most objects are ready as soon as they are there.
  if (judge(made).state === "ready" && (wish !== undefined || !hasCompanion(made))) {
    return { live: made, failure: undefined };
  }
  return await watched(objects, made, judge, wish === undefined, seconds, context);
}

function ownJudge(context: CallContext): (live: PropertyMap) => Readiness {
  const all = surroundingsOf(context).environment["PULUMI_K8S_AWAIT_ALL"] === "true";
  return (live) => readinessOf(live, all);
}

function hasCompanion(made: PropertyMap): boolean {
  return ["Service", "Ingress"].includes(textAt(made, "kind"));
}

async function watched(
  objects: Objects,
  made: PropertyMap,
  judge: (live: PropertyMap) => Readiness,
  byKind: boolean,
  seconds: number,
  context: CallContext,
): Promise<Awaited> {
  const deadline = Date.now() + seconds * 1000;
  const bell = new Bell();
  const ring = (): void => bell.ring();
  const follower = Follower.ofObject(objects, made, ring, context.signal);
  const companion = byKind ? companionOf(objects, made, ring, context) : undefined;
  const troubles = new PodTroubles(objects, context.signal);
  let live = made;
  let said = "";
  try {
    for (;;) {
      const now = follower.now()?.[0];
      if (now === undefined || isOther(now, textAt(metadataOf(made), "uid"))) {
        return { live, failure: "it was deleted while it was waited for" };
      }
      live = now;
      const lastLook = Date.now() >= deadline;
      let found = judge(live);
      if (found.state === "ready" && companion !== undefined) found = await companion.judge(live, lastLook);
      if (byKind && found.state === "waiting" && (await pendsForGood(objects, live, context.signal))) found = READY;
      // A definition is kept as it was made: the official provider does not wait for what serves it.
      if (found.state === "ready") return { live: isDefinition(made) ? made : live, failure: undefined };
      const why = (follower.stale ?? found.why) + (found.state === "waiting" ? await troubles.of(live) : "");
      if (found.state === "failed") return { live, failure: why };
      if (lastLook) return { live, failure: `it is not ready after ${seconds} seconds: ${why}` };
      if (why !== said) context.log("info", why, { ephemeral: true });
      said = why;
      await bell.wait(Math.min(longestNap, Math.max(deadline - Date.now(), 0)), context.signal);
    }
  } finally {
    follower.stop();
    companion?.stop();
  }
}

async function pendsForGood(objects: Objects, live: PropertyMap, signal: AbortSignal): Promise<boolean> {
  return textAt(live, "kind") === "PersistentVolumeClaim" && (await waitsForConsumer(objects, live, signal));
}

/**
 * Waits until an object is gone; another one of its name counts as gone.
 *
 * @param uid of the one that goes; empty to take any of its name for it.
 */
export async function awaitGone(
  objects: Objects,
  object: PropertyMap,
  uid: string,
  seconds: number,
  context: CallContext,
): Promise<{ readonly gone: boolean; readonly finalizers: readonly string[] }> {
  const deadline = Date.now() + seconds * 1000;
  // Most objects go at once.
  const first = await objects.find(object, context.signal);
  if (first === undefined || isOther(first, uid)) return { gone: true, finalizers: [] };
  context.log("info", "Resource scheduled for deletion", { ephemeral: true });
  const bell = new Bell();
  const follower = Follower.ofObject(objects, first, () => bell.ring(), context.signal);
  try {
    for (;;) {
      const now = follower.now()?.[0];
      if (now === undefined || isOther(now, uid)) return { gone: true, finalizers: [] };
      if (Date.now() >= deadline) {
        const { finalizers } = metadataOf(now);
        return { gone: false, finalizers: isList(finalizers) ? finalizers.map(String) : [] };
      }
      await bell.wait(Math.min(longestNap, Math.max(deadline - Date.now(), 0)), context.signal);
    }
  } catch (error) {
    if (error instanceof NoSuchKind) return { gone: true, finalizers: [] };
    throw error;
  } finally {
    follower.stop();
  }
}

function isOther(now: PropertyMap, uid: string): boolean {
  return uid !== "" && metadataOf(now)["uid"] !== uid;
}
