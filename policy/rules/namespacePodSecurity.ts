import { conditionRule, namedList, readersOfTheNode } from "./conditions";

export const namespacePodSecurity = conditionRule({
  name: "namespace-pod-security",
  area: "isolation",
  description: "Every namespace enforces the baseline or restricted level of the Pod Security Standards.",
  why: "Without the label the API server takes any pod, also one that owns the node.",
  fix: "Set the label pod-security.kubernetes.io/enforce to restricted, or to baseline.",
  level: "mandatory",
  // node-exporter reads the host's /proc and /sys; the log collector and the
  // backup's node agent read the logs and volumes of all pods.
  settings: namedList("have pods of the privileged level", readersOfTheNode),
  conditions: [
    {
      subject: "namespace",
      path: ["metadata", "labels", "pod-security.kubernetes.io/enforce"],
      expect: { is: "one of", values: ["baseline", "restricted"] },
      limit: "it is baseline or restricted for all but a named list",
      allowed: "allowed",
    },
  ],
});
