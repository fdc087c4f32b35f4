import { at, list, shown, text } from "../objects/json";
import { podSource } from "../objects/pods";
import { objectOf, type Resource } from "../resource";
import type { StackRule } from "../rule";
import { violation } from "../violation";

export const serviceAccountToken: StackRule = {
  name: "service-account-token",
  area: "isolation",
  scope: "stack",
  description: "A pod has a service account token only if its account has been given rights.",
  why: "A token in a pod that needs none is what an intruder uses next.",
  fix: "Set automountServiceAccountToken to false on the pod or on its service account.",
  level: "mandatory",
  check: (resources) =>
    resources.flatMap((resource) => {
      const pod = podSource(resource);
      if (pod === undefined) return [];
      const { namespace } = pod.object;
      const account = text(pod.spec["serviceAccountName"]) ?? "default";
      const own = pod.spec["automountServiceAccountToken"];
      const mounted = typeof own === "boolean" ? own : accountMounts(resources, namespace, account);
      if (!mounted || hasRights(resources, namespace, account)) return [];
      return [
        violation(resource, {
          field: [...pod.path, "automountServiceAccountToken"],
          value: shown(own),
          limit: `it is false, because service account ${account} has no role`,
        }),
      ];
    }),
};

function accountMounts(resources: readonly Resource[], namespace: string, name: string): boolean {
  return !resources.some((resource) => {
    const account = objectOf(resource, "", "ServiceAccount");
    return (
      account?.namespace === namespace &&
      account.name === name &&
      at(account.object, "automountServiceAccountToken") === false
    );
  });
}

function hasRights(resources: readonly Resource[], namespace: string, name: string): boolean {
  return resources.some((resource) =>
    ["RoleBinding", "ClusterRoleBinding"].some((kind) => {
      const binding = objectOf(resource, "rbac.authorization.k8s.io", kind);
      return list(at(binding?.object, "subjects")).some(
        (subject) =>
          at(subject, "kind") === "ServiceAccount" &&
          at(subject, "name") === name &&
          (text(at(subject, "namespace")) ?? binding?.namespace) === namespace,
      );
    }),
  );
}
