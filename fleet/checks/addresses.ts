import { addressOf, rangeOf } from "../addressRange";
import type { ResolvedSite } from "../model";
import type { Path, Problem } from "../problem";
import type { Check } from "./check";

interface Machine {
  readonly what: string;
  readonly address: string;
  readonly path: Path;
}

/** Nodes, gateway, bastion and API address are in the site's node range and distinct, in the whole fleet. */
export const checkAddresses: Check = ({ sites }) => {
  const problems: Problem[] = [];
  const taken = new Map<string, { readonly site: ResolvedSite; readonly what: string }>();
  for (const site of sites) {
    const range = rangeOf(site.network.nodeCidr);
    for (const { what, address, path } of machinesOf(site)) {
      const number = addressOf(address);
      // First and last address of a range are the network's own and its broadcast, except in /31 and /32.
      const edge = range.prefix < 31 ? 1 : 0;
      if (number < range.first + edge || number > range.last - edge) {
        problems.push({
          code: "EDGE-NET-004",
          source: site.source,
          path,
          message: `${what} ${address} is not a usable address of ${site.network.nodeCidr}`,
        });
      }
      const other = taken.get(address);
      if (other === undefined) taken.set(address, { site, what });
      else {
        const where = other.site === site ? `${other.what} of this site` : `${other.what} of site ${other.site.name}`;
        problems.push({
          code: "EDGE-NET-005",
          source: site.source,
          path,
          message: `${address} is already the ${where}`,
        });
      }
    }
  }
  return problems;
};

function machinesOf(site: ResolvedSite): Machine[] {
  const { network, bastion, nodes } = site;
  return [
    { what: "gateway", address: network.gateway, path: ["spec", "network", "gateway"] },
    { what: "bastion", address: bastion.address, path: ["spec", "bastion", "address"] },
    ...(network.apiVip === undefined
      ? []
      : [{ what: "API address", address: network.apiVip, path: ["spec", "network", "apiVip"] }]),
    ...nodes.map((node, index) => ({
      what: `node ${node.name}`,
      address: node.address,
      path: ["spec", "nodes", index, "address"],
    })),
  ];
}

/** Several control planes share an API address; a single one has no use for it. */
export const checkApiVip: Check = ({ sites }) =>
  sites.flatMap((site): Problem[] => {
    const controlPlanes = site.nodes.filter((node) => node.roles.includes("control-plane")).length;
    const { apiVip, apiLoadBalancer } = site.network;
    const path = ["spec", "network", "apiVip"];
    if (apiLoadBalancer === "local") {
      if (apiVip === undefined) return [];
      const message = `apiVip ${apiVip} with a local load balancer, which has no use for it`;
      return [{ code: "EDGE-NET-008", source: site.source, path, message }];
    }
    if (controlPlanes > 1 && apiVip === undefined) {
      return [
        { code: "EDGE-NET-007", source: site.source, path, message: `${controlPlanes} control planes and no apiVip` },
      ];
    }
    if (controlPlanes === 1 && apiVip !== undefined) {
      return [{ code: "EDGE-NET-008", source: site.source, path, message: `apiVip ${apiVip} with one control plane` }];
    }
    return [];
  });
