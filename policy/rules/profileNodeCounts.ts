import { profileOf } from "../../profiles";
import type { FleetRule } from "../rule";
import { fromSite, violationOf } from "../violation";

export const profileNodeCounts: FleetRule = {
  name: "profile-node-counts",
  area: "topology",
  scope: "fleet",
  description: "A site has as many control planes and workers as its profile says.",
  why: "Replicas, quorums and budgets of a profile are made for its nodes; with others nothing that was proven holds.",
  fix: "Add or remove nodes, or choose the profile that fits.",
  level: "mandatory",
  check: ({ fleet }) =>
    fleet.sites.flatMap((site) => {
      const { nodes } = profileOf(site.profile);
      const controlPlanes = site.nodes.filter(({ roles }) => roles.includes("control-plane")).length;
      const workers = site.nodes.filter(({ roles }) => !roles.includes("control-plane")).length;
      return (
        [
          ["control planes", controlPlanes, nodes.controlPlanes],
          ["workers", workers, nodes.workers],
        ] as const
      ).flatMap(([what, count, { min, max }]) => {
        if (count >= min && count <= max) return [];
        const limit = `profile ${site.profile} has ${min === max ? min : max === Infinity ? `${min} or more` : `${min} to ${max}`}`;
        return [
          violationOf(`Site ${site.name}`, { field: what, value: String(count), limit, from: fromSite("nodes") }),
        ];
      });
    }),
};
