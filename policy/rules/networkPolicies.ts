import { at } from "../objects/json";
import { podSource } from "../objects/pods";
import { selects } from "../objects/selectors";
import { objectOf } from "../resource";
import type { StackRule } from "../rule";
import { violation } from "../violation";

export const networkPolicies: StackRule = {
  name: "network-policies",
  area: "isolation",
  scope: "stack",
  // Strimzi gives the pods that it makes policies of its own.
  description: "Every pod that a stack makes is under a network policy.",
  why: "Without one, whoever takes over a single device's session reaches every service of the site.",
  fix: "Add a NetworkPolicy that names who talks to the pods, and to whom they talk.",
  level: "mandatory",
  check: (resources) => {
    const policies = resources.flatMap((resource) => objectOf(resource, "networking.k8s.io", "NetworkPolicy") ?? []);
    const open = (namespace: string, labels: Readonly<Record<string, string>>) =>
      !policies.some(
        (policy) => policy.namespace === namespace && selects(at(policy.object, "spec", "podSelector"), labels),
      );
    return resources.flatMap((resource) => {
      const pod = podSource(resource);
      if (pod === undefined || !open(pod.object.namespace, pod.labels)) return [];
      const limit = `a NetworkPolicy of namespace ${pod.object.namespace || "default"} selects the pods`;
      return [violation(resource, { field: "NetworkPolicy", value: "missing", limit })];
    });
  },
};
