import { conditionRule, namedList, readersOfTheNode } from "./conditions";

export const noHostPath = conditionRule({
  name: "no-host-path",
  area: "isolation",
  description: "No pod mounts a path of its node.",
  why: "A path of the node reads and writes past every isolation, and Velero does not back it up.",
  fix: "Use a volume claim or an emptyDir.",
  level: "mandatory",
  settings: namedList("mount paths of the node", readersOfTheNode),
  conditions: [
    {
      subject: "volumes",
      path: ["hostPath"],
      expect: { is: "absent" },
      limit: "a volume is no hostPath for all but a named list",
      allowed: "allowed",
    },
  ],
});
