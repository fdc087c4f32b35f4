import { once } from "./once";
import { helmValues, kubernetesObject, type Resource } from "../resource";
import { at, isMapping, list, mapping, mappings, type Mapping, type Step } from "./json";
import { containersOf, podSource } from "./pods";

/** A block with `requests` and `limits`, and how many times it counts. */
export interface SizedPart {
  readonly path: readonly Step[];
  /** As in Kubernetes' ResourceRequirements; empty if there is none. */
  readonly resources: Mapping;
  /** Undefined for one on each node. */
  readonly replicas: number | undefined;
  /** Whether it runs before the others and not beside them. */
  readonly init: boolean;
}

/** Strimzi's kinds make pods of their own; by kind, where the sizes of their containers are. */
const strimziParts: Readonly<Record<string, readonly (readonly Step[])[]>> = {
  Kafka: [
    ["spec", "entityOperator", "topicOperator"],
    ["spec", "entityOperator", "userOperator"],
  ],
  KafkaNodePool: [["spec"]],
  KafkaMirrorMaker2: [["spec"]],
  KafkaConnect: [["spec"]],
  KafkaBridge: [["spec"]],
};

/** The sizes of all containers that a resource makes. */
export const sizedParts = once((resource: Resource): readonly SizedPart[] => {
  const pod = podSource(resource);
  if (pod !== undefined) {
    return containersOf(pod).map(({ path, container, init }) => ({
      path: [...path, "resources"],
      resources: mapping(container["resources"]),
      replicas: pod.replicas,
      init,
    }));
  }
  return [...strimziSizes(resource), ...helmSizes(resource)];
});

function strimziSizes(resource: Resource): readonly SizedPart[] {
  const object = kubernetesObject(resource);
  if (object?.group !== "kafka.strimzi.io") return [];
  const parts = Object.hasOwn(strimziParts, object.kind) ? strimziParts[object.kind] : undefined;
  return (parts ?? []).flatMap((path) => {
    const part = at(object.object, ...path);
    // An operator that is not asked for does not run.
    if (!isMapping(part)) return [];
    const replicas = part["replicas"];
    return {
      path: [...path, "resources"],
      resources: mapping(part["resources"]),
      replicas: typeof replicas === "number" ? replicas : 1,
      init: false,
    };
  });
}

/** Charts spell sizes as Kubernetes does, under `resources`, with the replicas beside or above. */
function helmSizes(resource: Resource): readonly SizedPart[] {
  const helm = helmValues(resource);
  if (helm === undefined) return [];
  const parts: SizedPart[] = [];
  for (const [path, part] of mappings(helm.values)) {
    const resources = part["resources"];
    if (!isMapping(resources) || !("requests" in resources || "limits" in resources)) continue;
    // A volume claim's sizes are not a container's.
    if (at(resources, "requests", "storage") !== undefined) continue;
    if (turnedOff(helm.values, path)) continue;
    parts.push({
      path: ["values", ...path, "resources"],
      resources,
      replicas: isDaemon(path) ? undefined : replicasNear(helm.values, path),
      init: path.at(-1) === "initContainer" || path.includes("initContainers"),
    });
  }
  return parts;
}

/** Whether what is at a path of a chart's values is switched off, there or above. */
export function turnedOff(values: Mapping, path: readonly Step[]): boolean {
  return path.some((_, index) => at(values, ...path.slice(0, index + 1), "enabled") === false);
}

/** Parts that run once on each node, by the charts' own words. */
const daemons = new Set<Step>(["prometheus-node-exporter", "nodeAgent"]);
function isDaemon(path: readonly Step[]): boolean {
  return path.some((step) => daemons.has(step));
}

function replicasNear(values: Mapping, path: readonly Step[]): number {
  for (let length = path.length; length >= 0; length--) {
    const part = at(values, ...path.slice(0, length));
    for (const key of ["replicas", "replicaCount"]) {
      const replicas = at(part, key);
      if (typeof replicas === "number") return replicas;
    }
  }
  return 1;
}

/** Size in bytes of each volume that a resource claims, and how often. */
export interface Claim {
  readonly path: readonly Step[];
  readonly size: unknown;
  readonly replicas: number;
}

export function claimsOf(resource: Resource): readonly Claim[] {
  const object = kubernetesObject(resource);
  const storage = ["spec", "resources", "requests", "storage"] as const;
  if (object?.group === "" && object.kind === "PersistentVolumeClaim") {
    return [{ path: storage, size: at(object.object, ...storage), replicas: 1 }];
  }
  if (object?.group === "apps" && object.kind === "StatefulSet") {
    const replicas = at(object.object, "spec", "replicas");
    return list(at(object.object, "spec", "volumeClaimTemplates")).map((claim, index) => ({
      path: ["spec", "volumeClaimTemplates", index, ...storage],
      size: at(claim, ...storage),
      replicas: typeof replicas === "number" ? replicas : 1,
    }));
  }
  if (object?.group === "kafka.strimzi.io" && object.kind === "KafkaNodePool") return strimziClaims(object.object);
  return helmClaims(resource);
}

function strimziClaims(object: Mapping): readonly Claim[] {
  const replicas = at(object, "spec", "replicas");
  const count = typeof replicas === "number" ? replicas : 1;
  const storage = at(object, "spec", "storage");
  const volumes = list(at(storage, "volumes")).map((volume, index) => ({
    path: ["spec", "storage", "volumes", index, "size"],
    size: at(volume, "size"),
    replicas: count,
  }));
  if (volumes.length > 0) return volumes;
  const size = at(storage, "size");
  return size === undefined ? [] : [{ path: ["spec", "storage", "size"], size, replicas: count }];
}

function helmClaims(resource: Resource): readonly Claim[] {
  const helm = helmValues(resource);
  if (helm === undefined) return [];
  const claims: Claim[] = [];
  for (const [path, part] of mappings(helm.values)) {
    if (turnedOff(helm.values, path)) continue;
    const claimed = at(part, "resources", "requests", "storage");
    if (claimed !== undefined) {
      const where = ["values", ...path, "resources", "requests", "storage"];
      claims.push({ path: where, size: claimed, replicas: replicasNear(helm.values, path) });
    }
    const size = path.at(-1) === "persistence" ? part["size"] : undefined;
    if (size !== undefined) {
      claims.push({ path: ["values", ...path, "size"], size, replicas: replicasNear(helm.values, path) });
    }
  }
  return claims;
}
