import { conditionRule, namedList } from "./conditions";

const limit = "it is false for all but a named list";

export const noHostNamespaces = conditionRule({
  name: "no-host-namespaces",
  area: "isolation",
  description: "No pod shares the node's network, processes or IPC.",
  why: "On the node's network no network policy holds, and every local service of the node is open to the pod.",
  fix: "Remove hostNetwork, hostPID and hostIPC.",
  level: "mandatory",
  // Kubernetes' own pods, and node-exporter.
  settings: namedList("share the node's namespaces", ["kube-system/*", "monitoring/*"]),
  conditions: ["hostNetwork", "hostPID", "hostIPC"].map((key) => ({
    subject: "pod",
    path: [key],
    expect: { is: "not true" },
    limit,
    allowed: "allowed",
  })),
});
