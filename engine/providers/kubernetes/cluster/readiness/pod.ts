import { isList, isMap } from "../../../../property/shape";
import type { PropertyMap } from "../../../../property/value";
import { textAt } from "../../kinds";
import { conditionOf, failed, READY, statusOf, waiting } from "./status";
import type { Readiness } from "./status";

export function pod(live: PropertyMap): Readiness {
  const now = textAt(statusOf(live), "phase");
  if (now === "Succeeded" || conditionOf(live, "Ready", "True") !== undefined) return READY;
  if (now === "Failed") return failed(textAt(statusOf(live), "message") || "its containers have failed");
  return waiting(podTrouble(live) ?? `its phase is ${now || "not known yet"}, and it is not ready`);
}

/** What a container waits for without there being anything wrong. */
const ordinary = ["", "ContainerCreating", "PodInitializing"];

/** What keeps the containers of a pod from running, as far as the kubelet and the scheduler say. */
export function podTrouble(live: PropertyMap): string | undefined {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((key) => {
    const list = statusOf(live)[key];
    return isList(list) ? list.filter(isMap) : [];
  });
  for (const status of statuses) {
    const state = isMap(status["state"]) ? status["state"] : {};
    const stuck = isMap(state["waiting"]) ? state["waiting"] : undefined;
    if (stuck !== undefined && !ordinary.includes(textAt(stuck, "reason"))) {
      return `container ${textAt(status, "name")}: ${textAt(stuck, "reason")}: ${textAt(stuck, "message")}`;
    }
  }
  const unscheduled = conditionOf(live, "PodScheduled", "False");
  return unscheduled === undefined ? undefined : `it cannot be scheduled: ${textAt(unscheduled, "message")}`;
}
