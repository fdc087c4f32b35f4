import { conditionRule, namedList } from "./conditions";

export const noPrivileged = conditionRule({
  name: "no-privileged",
  area: "isolation",
  description: "No container is privileged or may gain privileges.",
  why: "A privileged container owns its node, and at a small site the node is the site.",
  fix: "Set privileged and allowPrivilegeEscalation to false.",
  level: "mandatory",
  // The network plugin and kube-proxy.
  settings: namedList("be privileged", ["kube-system/*"]),
  conditions: [
    {
      subject: "containers",
      path: ["securityContext", "privileged"],
      expect: { is: "not true" },
      limit: "it is false for all but a named list",
      allowed: "allowed",
    },
    {
      subject: "containers",
      path: ["securityContext", "allowPrivilegeEscalation"],
      expect: { is: "false" },
      limit: "it is false for all but a named list",
      allowed: "allowed",
    },
  ],
});
