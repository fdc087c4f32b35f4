import { conditionRule, namedList } from "./conditions";

export const noAddedCapabilities = conditionRule({
  name: "no-added-capabilities",
  area: "isolation",
  description: "No container adds capabilities.",
  why: "Most capabilities are a way to the node; the restricted level of the Pod Security Standards has one that is not.",
  fix: "Drop ALL and add nothing but NET_BIND_SERVICE.",
  level: "mandatory",
  // The network plugin and CoreDNS; the log collector, which is not root, reads what only root may.
  settings: namedList("add capabilities", ["kube-system/*", "log-collector/*"]),
  conditions: [
    {
      subject: "containers",
      path: ["securityContext", "capabilities", "add"],
      expect: { is: "within", values: ["NET_BIND_SERVICE"] },
      limit: "nothing but NET_BIND_SERVICE may be added, for all but a named list",
      allowed: "allowed",
    },
  ],
});
