import type { PropertyMap } from "../../../../property/value";
import { textAt } from "../../kinds";
import { generic } from "./generic";
import { ingress, service } from "./network";
import { pod } from "./pod";
import { conditionOf, failed, READY, waiting } from "./status";
import type { Readiness } from "./status";
import { inPhase, resourceQuota, secret } from "./storage";
import { daemonSet, deployment, job, replicationController, statefulSet } from "./workloads";

/** Ten minutes, as the official provider waits where nobody says otherwise. */
const defaultSeconds = 600;

interface Await {
  readonly check: (live: PropertyMap) => Readiness;
  /** How long it is waited for where nobody says otherwise, as pulumi-kubernetes 4.34.2 has it. */
  readonly seconds?: number;
}

const awaits: Readonly<Record<string, Await>> = {
  "v1/Namespace": { check: inPhase("Active") },
  "v1/PersistentVolume": { check: inPhase("Available", "Bound"), seconds: 300 },
  "v1/PersistentVolumeClaim": { check: inPhase("Bound"), seconds: 300 },
  "v1/Pod": { check: pod },
  "v1/ReplicationController": { check: replicationController },
  "v1/ResourceQuota": { check: resourceQuota, seconds: 60 },
  "v1/Secret": { check: secret, seconds: 5 },
  "v1/Service": { check: service },
  "apps/v1/Deployment": { check: deployment },
  "apps/v1/StatefulSet": { check: statefulSet },
  "apps/v1/DaemonSet": { check: daemonSet },
  "batch/v1/Job": { check: job },
  "networking.k8s.io/v1/Ingress": { check: ingress },
  "apiextensions.k8s.io/v1/CustomResourceDefinition": { check: definition },
};

/**
 * Whether an object is ready, by its kind.
 *
 * @param all whether other kinds are judged by what their status says; else they are ready as soon as they exist.
 */
export function readinessOf(live: PropertyMap, all = false): Readiness {
  const known = awaits[keyOf(live)];
  if (known !== undefined) return known.check(live);
  return all ? generic(live) : READY;
}

/** How long an object of this kind is waited for where nobody says otherwise, in seconds. */
export function usualSeconds(live: PropertyMap): number {
  return awaits[keyOf(live)]?.seconds ?? defaultSeconds;
}

function keyOf(live: PropertyMap): string {
  return `${textAt(live, "apiVersion")}/${textAt(live, "kind")}`;
}

function definition(live: PropertyMap): Readiness {
  if (conditionOf(live, "Established", "True") !== undefined) return READY;
  const names = conditionOf(live, "NamesAccepted", "False");
  if (names !== undefined) return failed(`its names are not accepted: ${textAt(names, "message")}`);
  return waiting("it is not established yet");
}
