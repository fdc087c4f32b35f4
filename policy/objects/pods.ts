import { kubernetesObject, type KubernetesObject, type Resource } from "../resource";
import { once } from "./once";
import { at, list, mapping, text, texts, type Mapping, type Step } from "./json";

/** A pod, or what makes pods, with where the pod's spec stands in it. */
export interface PodSource {
  readonly object: KubernetesObject;
  /** Path of the pod's spec in the object. */
  readonly path: readonly Step[];
  readonly spec: Mapping;
  readonly labels: Readonly<Record<string, string>>;
  /** Pods that run at once; 1 where it says nothing, undefined for one on each node. */
  readonly replicas: number | undefined;
}

const template: readonly Step[] = ["spec", "template"];
/** By `group/kind`: where the template of the pod is. */
const templates: Readonly<Record<string, readonly Step[]>> = {
  "/Pod": [],
  "/ReplicationController": template,
  "apps/Deployment": template,
  "apps/StatefulSet": template,
  "apps/DaemonSet": template,
  "apps/ReplicaSet": template,
  "batch/Job": template,
  "batch/CronJob": ["spec", "jobTemplate", "spec", "template"],
};

/** @returns the pod that a resource is or makes; undefined if it makes none by itself. */
export const podSource = once((resource: Resource): PodSource | undefined => {
  const object = kubernetesObject(resource);
  if (object === undefined) return undefined;
  const path = templates[`${object.group}/${object.kind}`];
  if (path === undefined) return undefined;
  const replicas = at(object.object, "spec", "replicas");
  return {
    object,
    path: [...path, "spec"],
    spec: mapping(at(object.object, ...path, "spec")),
    labels: texts(at(object.object, ...path, "metadata", "labels")),
    replicas: object.kind === "DaemonSet" ? undefined : typeof replicas === "number" ? replicas : 1,
  };
});

/** A container with where it stands in the object. */
export interface Container {
  readonly path: readonly Step[];
  readonly name: string;
  readonly container: Mapping;
  readonly init: boolean;
}

const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

export const containersOf = once((pod: PodSource): readonly Container[] =>
  containerLists.flatMap((key) =>
    list(pod.spec[key]).map((container, index) => ({
      path: [...pod.path, key, index],
      name: text(at(container, "name")) ?? String(index),
      container: mapping(container),
      init: key === "initContainers",
    })),
  ),
);
