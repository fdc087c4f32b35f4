import { isList, isMap } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { textAt } from "../kinds";
import { metadataOf } from "../object";

/** Whether a live object does its work: it does, it may still come to, or it never will. */
export type Readiness = { readonly state: "ready" } | { readonly state: "waiting" | "failed"; readonly why: string };

const READY: Readiness = { state: "ready" };

/** Whether an object is ready, by its kind; what is not listed is ready as soon as it exists. */
export function readinessOf(live: PropertyMap): Readiness {
  const check = checks[`${textAt(live, "apiVersion")}/${textAt(live, "kind")}`];
  return check === undefined ? READY : check(live);
}

/** The conditions in an object's status. */
export function conditionsOf(live: PropertyMap): readonly PropertyMap[] {
  const { conditions } = statusOf(live);
  return isList(conditions) ? conditions.filter(isMap) : [];
}

const checks: Readonly<Record<string, (live: PropertyMap) => Readiness>> = {
  "v1/Namespace": (live) => phase(live, "Active"),
  "v1/PersistentVolumeClaim": (live) => phase(live, "Bound"),
  "v1/Pod": pod,
  "v1/Service": service,
  "apps/v1/Deployment": deployment,
  "apps/v1/StatefulSet": statefulSet,
  "apps/v1/DaemonSet": daemonSet,
  "batch/v1/Job": job,
  "networking.k8s.io/v1/Ingress": ingress,
  "apiextensions.k8s.io/v1/CustomResourceDefinition": definition,
};

function phase(live: PropertyMap, wanted: string): Readiness {
  const now = textAt(statusOf(live), "phase");
  if (now === wanted) return READY;
  if (now === "Lost") return { state: "failed", why: "its volume is lost" };
  return waiting(`its phase is ${now || "not known yet"}, not ${wanted}`);
}

function pod(live: PropertyMap): Readiness {
  const now = textAt(statusOf(live), "phase");
  if (now === "Succeeded" || conditionIs(live, "Ready", "True")) return READY;
  if (now === "Failed")
    return { state: "failed", why: textAt(statusOf(live), "message") || "its containers have failed" };
  return waiting(podTrouble(live) ?? `its phase is ${now || "not known yet"}, and it is not ready`);
}

/** What keeps the containers of a pod from running, as far as the kubelet says. */
export function podTrouble(live: PropertyMap): string | undefined {
  const statuses = ["initContainerStatuses", "containerStatuses"].flatMap((key) => {
    const list = statusOf(live)[key];
    return isList(list) ? list.filter(isMap) : [];
  });
  for (const status of statuses) {
    const state = isMap(status["state"]) ? status["state"] : {};
    const stuck = isMap(state["waiting"]) ? state["waiting"] : undefined;
    if (stuck !== undefined && !["", "ContainerCreating", "PodInitializing"].includes(textAt(stuck, "reason"))) {
      return `container ${textAt(status, "name")}: ${textAt(stuck, "reason")}: ${textAt(stuck, "message")}`;
    }
  }
  const unscheduled = conditionsOf(live).find(
    (condition) => textAt(condition, "type") === "PodScheduled" && textAt(condition, "status") === "False",
  );
  return unscheduled === undefined ? undefined : `it cannot be scheduled: ${textAt(unscheduled, "message")}`;
}

function deployment(live: PropertyMap): Readiness {
  const unseen = notObserved(live);
  if (unseen !== undefined) return unseen;
  const status = statusOf(live);
  const wanted = count(specOf(live), "replicas", 1);
  const progress = conditionsOf(live).find((condition) => textAt(condition, "type") === "Progressing");
  if (progress !== undefined && textAt(progress, "reason") === "ProgressDeadlineExceeded") {
    return { state: "failed", why: textAt(progress, "message") || "its progress deadline has passed" };
  }
  const updated = count(status, "updatedReplicas", 0);
  const available = count(status, "availableReplicas", 0);
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new revision`);
  if (count(status, "replicas", 0) > updated) return waiting("pods of the old revision still run");
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`);
  return READY;
}

function statefulSet(live: PropertyMap): Readiness {
  const unseen = notObserved(live);
  if (unseen !== undefined) return unseen;
  const status = statusOf(live);
  const spec = specOf(live);
  const wanted = count(spec, "replicas", 1);
  const ready = count(status, "readyReplicas", 0);
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready`);
  const strategy = isMap(spec["updateStrategy"]) ? spec["updateStrategy"] : {};
  if (textAt(strategy, "type") === "OnDelete") return READY;
  const rolling = isMap(strategy["rollingUpdate"]) ? strategy["rollingUpdate"] : {};
  const updates = Math.max(wanted - count(rolling, "partition", 0), 0);
  const same = textAt(status, "currentRevision") === textAt(status, "updateRevision");
  const updated = count(status, "updatedReplicas", 0);
  return same || updated >= updates ? READY : waiting(`${updated} of ${updates} pods are of the new revision`);
}

function daemonSet(live: PropertyMap): Readiness {
  const unseen = notObserved(live);
  if (unseen !== undefined) return unseen;
  const status = statusOf(live);
  const wanted = count(status, "desiredNumberScheduled", 0);
  const strategy = specOf(live)["updateStrategy"];
  const onDelete = isMap(strategy) && strategy["type"] === "OnDelete";
  const updated = count(status, "updatedNumberScheduled", 0);
  if (!onDelete && updated < wanted) return waiting(`${updated} of ${wanted} pods are of the new revision`);
  const available = count(status, "numberAvailable", 0);
  return available < wanted ? waiting(`${available} of ${wanted} pods are available`) : READY;
}

function job(live: PropertyMap): Readiness {
  if (conditionIs(live, "Complete", "True")) return READY;
  const failed = conditionsOf(live).find(
    (condition) => textAt(condition, "type") === "Failed" && textAt(condition, "status") === "True",
  );
  if (failed !== undefined)
    return { state: "failed", why: `${textAt(failed, "reason")}: ${textAt(failed, "message")}` };
  return specOf(live)["suspend"] === true ? READY : waiting("it has not completed");
}

/** The address of a load balancer; that there are endpoints is another question, see `await.ts`. */
function service(live: PropertyMap): Readiness {
  if (textAt(specOf(live), "type") !== "LoadBalancer") return READY;
  return hasAddress(live) ? READY : waiting("it has no address of a load balancer yet");
}

function ingress(live: PropertyMap): Readiness {
  return hasAddress(live) ? READY : waiting("no ingress controller has given it an address yet");
}

function definition(live: PropertyMap): Readiness {
  if (conditionIs(live, "Established", "True")) return READY;
  const names = conditionsOf(live).find(
    (condition) => textAt(condition, "type") === "NamesAccepted" && textAt(condition, "status") === "False",
  );
  if (names !== undefined) return { state: "failed", why: `its names are not accepted: ${textAt(names, "message")}` };
  return waiting("it is not established yet");
}

function hasAddress(live: PropertyMap): boolean {
  const balancer = statusOf(live)["loadBalancer"];
  return isMap(balancer) && isList(balancer["ingress"]) && balancer["ingress"].length > 0;
}

function notObserved(live: PropertyMap): Readiness | undefined {
  const seen = count(statusOf(live), "observedGeneration", 0);
  return seen < count(metadataOf(live), "generation", 0) ? waiting("its controller has not seen it yet") : undefined;
}

function conditionIs(live: PropertyMap, type: string, status: string): boolean {
  return conditionsOf(live).some(
    (condition) => textAt(condition, "type") === type && textAt(condition, "status") === status,
  );
}

function waiting(why: string): Readiness {
  return { state: "waiting", why };
}

function statusOf(live: PropertyMap): PropertyMap {
  return isMap(live["status"]) ? live["status"] : {};
}

function specOf(live: PropertyMap): PropertyMap {
  return isMap(live["spec"]) ? live["spec"] : {};
}

function count(map: PropertyMap, key: string, otherwise: number): number {
  const value = map[key];
  return typeof value === "number" ? value : otherwise;
}
