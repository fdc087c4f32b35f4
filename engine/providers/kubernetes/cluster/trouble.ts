import { isList, isMap } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import type { CallContext } from "../../provider";
import { textAt } from "../kinds";
import { annotationOf } from "../object";
import { skipsAwait } from "./await";
import { slicesOf } from "./companions";
import type { Objects } from "./objects";
import { readinessOf } from "./readiness/kinds";
import { endpointsIn, waitsForPods } from "./readiness/network";

/** Kinds whose readiness a refresh looks at too, as pulumi-kubernetes 4.34.2 does. */
const judged = new Set(["Deployment", "StatefulSet", "DaemonSet", "Job", "Pod", "Service", "Ingress"]);

/** What keeps an object from being ready at this moment; undefined if nothing does or nobody asks. */
export async function troubleOf(
  objects: Objects,
  inputs: PropertyMap,
  live: PropertyMap,
  context: CallContext,
): Promise<string | undefined> {
  if (!judged.has(textAt(live, "kind")) || skipsAwait(inputs)) return undefined;
  if (annotationOf(inputs, "pulumi.com/waitFor") !== "") return undefined;
  const found = readinessOf(live);
  if (found.state !== "ready") return found.why;
  if (textAt(live, "kind") !== "Service" || !waitsForPods(live)) return undefined;
  const { items } = await objects.list(slicesOf(live), context.signal);
  const { pending } = endpointsIn(isList(items) ? items.filter(isMap) : []);
  return pending > 0 ? `${pending} of the pods that it selects are not ready` : undefined;
}
