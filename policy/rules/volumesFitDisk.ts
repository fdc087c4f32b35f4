import { profileOf } from "../../profiles";
import { shown } from "../objects/json";
import { gibibytes, quantity } from "../objects/quantity";
import { claimsOf } from "../objects/sizes";
import type { StackRule } from "../rule";
import { fromSite, violation, violationOf } from "../violation";

/** The system, container images and logs of a node, as the profiles' own budget has it. */
const systemBytes = 30 * 2 ** 30;

export const volumesFitDisk: StackRule = {
  name: "volumes-fit-disk",
  area: "size",
  scope: "stack",
  description: "Every volume has a size, and all of them fit the disk of the node that they may land on.",
  why: "Local volumes have no quota: the first that fills the disk takes the node with it, and the buffer of an outage is lost.",
  fix: "Give the nodes larger disks, or ask for smaller volumes.",
  level: "mandatory",
  check: (resources, { site }) => {
    if (site === undefined) return [];
    const works = profileOf(site.profile).nodes.controlPlaneWorks;
    const nodes = site.nodes
      .map((node, index) => ({ node, index }))
      .filter(({ node }) => works || node.roles.includes("worker"));
    let sum = 0;
    const unread = resources.flatMap((resource) =>
      claimsOf(resource).flatMap(({ path, size, replicas }) => {
        const bytes = quantity(size);
        if (bytes !== undefined && bytes > 0) {
          sum += bytes * Math.ceil(Math.max(0, replicas) / Math.max(1, nodes.length));
          return [];
        }
        const limit = "a volume has a size, such as 5Gi";
        return [violation(resource, { field: path, value: shown(size), limit })];
      }),
    );
    const small = nodes.find(({ node }) => sum + systemBytes > node.diskGiB * 2 ** 30);
    if (small === undefined) return unread;
    return [
      ...unread,
      violationOf(`Node ${small.node.name}`, {
        field: "volumes",
        value: gibibytes(sum),
        limit: `${small.node.diskGiB} GiB of disk are there, of which ${gibibytes(systemBytes)} are the system's`,
        from: fromSite("nodes", small.index, "disk"),
      }),
    ];
  },
};
