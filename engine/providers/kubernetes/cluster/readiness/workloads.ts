import { isMap } from "../../../../property/shape";
import type { PropertyMap } from "../../../../property/value";
import { textAt } from "../../kinds";
import { annotationOf } from "../../object";
import { conditionOf, count, failed, notObserved, READY, saidBy, specOf, statusOf, waiting } from "./status";
import type { Readiness } from "./status";

const revision = "deployment.kubernetes.io/revision";

/**
 * A Deployment is ready when it is available, its new ReplicaSet has all its pods ready, and, from its second revision
 * on, the rollout is said to be complete. A deadline of progress that has passed is no end: pods may still come.
 */
export function deployment(live: PropertyMap): Readiness {
  const unseen = notObserved(live);
  if (unseen !== undefined) return unseen;
  const status = statusOf(live);
  const wanted = count(specOf(live), "replicas", 1);
  const updated = count(status, "updatedReplicas", 0);
  const ready = count(status, "readyReplicas", 0);
  const progress = conditionOf(live, "Progressing");
  const halted = progress !== undefined && textAt(progress, "status") !== "True" ? ` (${saidBy(progress)})` : "";
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new revision${halted}`);
  if (count(status, "replicas", 0) > updated) return waiting(`pods of the old revision still run${halted}`);
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready${halted}`);
  const available = conditionOf(live, "Available");
  if (available === undefined || textAt(available, "status") !== "True") {
    return waiting(`it is not available yet${available === undefined ? "" : ` (${saidBy(available)})`}`);
  }
  const rolls = annotationOf(live, revision) !== "1" && progress !== undefined;
  return rolls && textAt(progress, "reason") !== "NewReplicaSetAvailable"
    ? waiting(`its rollout is not complete (${saidBy(progress)})`)
    : READY;
}

export function statefulSet(live: PropertyMap): Readiness {
  const unseen = notObserved(live);
  if (unseen !== undefined) return unseen;
  const status = statusOf(live);
  const spec = specOf(live);
  const wanted = count(spec, "replicas", 1);
  const ready = count(status, "readyReplicas", 0);
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready`);
  if (count(status, "replicas", 0) > wanted) return waiting("more pods run than are wanted");
  const strategy = isMap(spec["updateStrategy"]) ? spec["updateStrategy"] : {};
  if (textAt(strategy, "type") === "OnDelete") return READY;
  const rolling = isMap(strategy["rollingUpdate"]) ? strategy["rollingUpdate"] : {};
  const updates = Math.max(wanted - count(rolling, "partition", 0), 0);
  const same = textAt(status, "currentRevision") === textAt(status, "updateRevision");
  const updated = count(status, "updatedReplicas", 0);
  return same || updated >= updates ? READY : waiting(`${updated} of ${updates} pods are of the new revision`);
}

/** As kstatus has it: every node that should run the newest pod runs it, and it is ready there. */
export function daemonSet(live: PropertyMap): Readiness {
  const unseen = notObserved(live);
  if (unseen !== undefined) return unseen;
  const status = statusOf(live);
  const wanted = count(status, "desiredNumberScheduled", 0);
  const scheduled = count(status, "currentNumberScheduled", 0);
  if (scheduled < wanted) return waiting(`${scheduled} of ${wanted} nodes have a pod`);
  const strategy = specOf(live)["updateStrategy"];
  const onDelete = isMap(strategy) && strategy["type"] === "OnDelete";
  const updated = count(status, "updatedNumberScheduled", 0);
  if (!onDelete && updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new revision`);
  const available = count(status, "numberAvailable", 0);
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`);
  const ready = count(status, "numberReady", 0);
  return ready < wanted ? waiting(`${ready} of ${wanted} pods are ready`) : READY;
}

export function replicationController(live: PropertyMap): Readiness {
  const unseen = notObserved(live);
  if (unseen !== undefined) return unseen;
  const wanted = count(specOf(live), "replicas", 1);
  const available = count(statusOf(live), "availableReplicas", 0);
  return available === wanted ? READY : waiting(`${available} of ${wanted} pods are available`);
}

/** A Job is ready when it has completed; one that is suspended is waited for like any other. */
export function job(live: PropertyMap): Readiness {
  if (conditionOf(live, "Complete", "True") !== undefined) return READY;
  const end = conditionOf(live, "Failed", "True");
  if (end !== undefined) return failed(saidBy(end));
  if (specOf(live)["suspend"] === true) return waiting("it is suspended");
  const status = statusOf(live);
  const [active, succeeded, lost] = ["active", "succeeded", "failed"].map((key) => count(status, key, 0));
  return waiting(`it has not completed: ${active} pods active, ${succeeded} succeeded, ${lost} failed`);
}
