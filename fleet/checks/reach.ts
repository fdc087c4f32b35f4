import type { Problem } from "../problem";
import type { Check } from "./check";

/** Whoever is logged in at has to be known beforehand: `field` reaches the bastion, and each node through it. */
export const checkReach: Check = ({ sites }) =>
  sites.flatMap(({ target, source, bastion, nodes, ssh }): Problem[] => {
    if (target !== "field") return [];
    const problem = (path: Problem["path"], who: string, address: string, port: number): Problem => ({
      code: "EDGE-SITE-009",
      source,
      path,
      message: `target field logs in at ${who}, and its host key is not known`,
      hint: `Write it under hostKeys, or into known_hosts beside fleet.yaml: ssh-keyscan -p ${port} ${address}, then compare it with the one at the site.`,
    });
    const missing = (keys: readonly string[] | undefined) => keys === undefined || keys.length === 0;
    return [
      ...(missing(bastion.hostKeys)
        ? [problem(["spec", "bastion"], "the bastion", bastion.address, bastion.sshPort)]
        : []),
      ...nodes.flatMap(({ name, address, hostKeys }, index) =>
        missing(hostKeys) ? [problem(["spec", "nodes", index], name, address, ssh.port)] : [],
      ),
    ];
  });
