import { objectOf, type KubernetesObject, type Resource } from "../resource";
import { at } from "./json";
import { podSource, type PodSource } from "./pods";
import { selects } from "./selectors";

/** A disruption budget of a stack with what it is about. */
export interface DisruptionBudget {
  readonly resource: Resource;
  readonly object: KubernetesObject;
}

export function disruptionBudgets(resources: readonly Resource[]): readonly DisruptionBudget[] {
  return resources.flatMap((resource) => {
    const object = objectOf(resource, "policy", "PodDisruptionBudget");
    return object === undefined ? [] : [{ resource, object }];
  });
}

export function covers({ object }: DisruptionBudget, pod: PodSource): boolean {
  return object.namespace === pod.object.namespace && selects(at(object.object, "spec", "selector"), pod.labels);
}

/** Deployments and StatefulSets with the pods that they make. */
export function replicatedPods(resources: readonly Resource[]): readonly { resource: Resource; pod: PodSource }[] {
  return resources.flatMap((resource) => {
    const pod = podSource(resource);
    return pod !== undefined && ["Deployment", "StatefulSet"].includes(pod.object.kind) ? [{ resource, pod }] : [];
  });
}
