import type { PropertyMap } from "../../../../property/value";
import { textAt } from "../../kinds";
import { metadataOf } from "../../object";
import { conditionOf, count, failed, isBehind, READY, saidBy, statusOf, waiting } from "./status";
import type { Readiness } from "./status";

/**
 * What any object's status says by the conventions that kstatus reads: its generation, and the conditions
 * `Reconciling`, `Stalled` and `Ready`; one that follows none of them is ready.
 *
 * See sigs.k8s.io/cli-utils/pkg/kstatus/status.
 */
export function generic(live: PropertyMap): Readiness {
  if (metadataOf(live)["deletionTimestamp"] !== undefined) return waiting("it is being deleted");
  const seen = statusOf(live)["observedGeneration"];
  if (typeof seen === "number" && isBehind(live, count(statusOf(live), "observedGeneration", 0))) {
    return waiting("its controller has not seen it yet");
  }
  const reconciling = conditionOf(live, "Reconciling", "True");
  if (reconciling !== undefined) return waiting(saidBy(reconciling) || "it is being reconciled");
  const stalled = conditionOf(live, "Stalled", "True");
  if (stalled !== undefined) return failed(saidBy(stalled) || "it is stalled");
  const ready = conditionOf(live, "Ready");
  if (ready === undefined || textAt(ready, "status") === "True") return READY;
  return waiting(saidBy(ready) || "it is not ready");
}
