import type { PropertyMap } from "../../../property/value";
import { ProviderError } from "../../failure";
import type { CallContext, DeleteRequest } from "../../provider";
import { isDefinition, isPatchType, textAt } from "../kinds";
import { annotationOf, qualifiedName } from "../object";
import { fieldManagerOf, parseState } from "../state";
import { awaitGone, skipsAwait, timeoutOf } from "./await";
import type { Cluster } from "./cluster";
import { ApiError, explained, NoSuchKind, Unreachable } from "./failure";

/** Seconds that an object may take to go where nobody says otherwise. */
const usual = 600;

/** Kinds that are not waited for with `pulumi.com/skipAwait` when they go, as pulumi-kubernetes 4.34.2 has it. */
const unawaited = new Set(
  "v1/Namespace v1/Pod v1/ReplicationController apps/v1/DaemonSet apps/v1/Deployment apps/v1/StatefulSet batch/v1/Job".split(
    " ",
  ),
);

/**
 * Deletes an object and waits until it is gone; of a patch, only gives its fields up.
 *
 * @throws ProviderError if it is not deleted, or does not go.
 */
export async function deleteObject(cluster: Cluster, request: DeleteRequest, context: CallContext): Promise<void> {
  const { inputs, live } = parseState(request.outputs);
  try {
    if (isPatchType(request.type, textAt(live, "kind"))) await giveUp(cluster, request, live, context);
    else await remove(cluster, request, inputs, live, context);
  } catch (error) {
    if (error instanceof NoSuchKind || (error instanceof ApiError && error.code === 404)) return;
    if (error instanceof Unreachable && cluster.settings.deleteUnreachable) {
      context.log("info", `${error.message} As deleteUnreachable is set, it is taken for gone.`);
      return;
    }
    throw explained(error, "deleted", live);
  }
  if (isDefinition(live)) cluster.discovery.reset();
}

async function remove(
  { objects }: Cluster,
  request: DeleteRequest,
  inputs: PropertyMap,
  live: PropertyMap,
  context: CallContext,
): Promise<void> {
  const policy = annotationOf(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
  const propagation = policy === "orphan" ? "Orphan" : policy === "background" ? "Background" : "Foreground";
  // Whatever has the name goes, be it what the state knows or what somebody made in its place.
  const uid = await objects.remove(live, propagation, context.signal);
  if (skipsAwait(inputs) && unawaited.has(`${textAt(live, "apiVersion")}/${textAt(live, "kind")}`)) return;
  const seconds = timeoutOf(inputs, request.timeout, usual);
  const { gone, finalizers } = await awaitGone(objects, live, uid, seconds, context);
  if (!gone) throw stuck(live, seconds, finalizers);
}

async function giveUp(
  { objects }: Cluster,
  request: DeleteRequest,
  live: PropertyMap,
  { signal }: CallContext,
): Promise<void> {
  // An apply of nothing would make an object that is gone anew.
  if ((await objects.find(live, signal)) === undefined) return;
  try {
    await objects.relinquish(live, fieldManagerOf(request.outputs, live, true), signal);
  } catch (error) {
    const required =
      error instanceof ApiError ? error.causes.find(({ reason }) => reason === "FieldValueRequired") : undefined;
    if (required === undefined) throw error;
    throw new ProviderError(
      "EDGE-KUBERNETES-022",
      `this patch of ${textAt(live, "kind")} ${qualifiedName(live)} holds the field ${required.field}, which must be there`,
      "Set retainOnDelete on the patch, or let another manager take the field over first",
      { cause: error },
    );
  }
}

function stuck(object: PropertyMap, seconds: number, finalizers: readonly string[]): ProviderError {
  const why = finalizers.length === 0 ? "" : `; it waits for its finalizers ${finalizers.join(", ")}`;
  return new ProviderError(
    "EDGE-KUBERNETES-019",
    `${textAt(object, "kind")} ${qualifiedName(object)} is not gone after ${seconds} seconds${why}`,
    "See what holds it with kubectl describe, then run again",
  );
}
