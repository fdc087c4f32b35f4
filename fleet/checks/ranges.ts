import { addressText, overlap, rangeOf } from "../addressRange";
import type { ResolvedSite } from "../model";
import type { Problem } from "../problem";
import type { Check } from "./check";

const kinds = ["nodeCidr", "podCidr", "serviceCidr"] as const;
/** Kubespray's kube_network_node_prefix: the part of the pod range that each node takes. */
const nodePrefix = 24;

/** A site's ranges begin where they say, do not overlap, and have a /24 of the pod range for each node. */
export const checkRanges: Check = ({ sites }) => sites.flatMap(problemsOf);

function problemsOf(site: ResolvedSite): Problem[] {
  const problems: Problem[] = [];
  const at = (kind: (typeof kinds)[number]) => ({ source: site.source, path: ["spec", "network", kind] });
  const ranges = kinds.map((kind) => ({ kind, cidr: site.network[kind], range: rangeOf(site.network[kind]) }));
  ranges.forEach(({ kind, cidr, range }, index) => {
    const whole = `${addressText(range.first)}/${range.prefix}`;
    if (cidr !== whole) {
      problems.push({
        code: "EDGE-NET-001",
        ...at(kind),
        message: `${cidr} is not the first address of its range`,
        hint: `Write ${whole}.`,
      });
    }
    for (const other of ranges.slice(0, index)) {
      if (!overlap(range, other.range)) continue;
      problems.push({ code: "EDGE-NET-002", ...at(kind), message: `${cidr} overlaps ${other.kind} ${other.cidr}` });
    }
  });
  const { podCidr } = site.network;
  const nodesAtMost = Math.floor(2 ** (nodePrefix - rangeOf(podCidr).prefix));
  if (nodesAtMost < site.nodes.length) {
    problems.push({
      code: "EDGE-NET-006",
      ...at("podCidr"),
      message: `${podCidr} has room for ${nodesAtMost} ${nodesAtMost === 1 ? "node" : "nodes"} and the site has ${site.nodes.length}`,
      hint: `Use a prefix of at most /${nodePrefix - Math.ceil(Math.log2(site.nodes.length))}: each node takes a /${nodePrefix} of it.`,
    });
  }
  return problems;
}

/**
 * Node ranges of different sites do not overlap. Sorted by their first address, a range can only overlap one that
 * reaches beyond its start, so one pass finds an offender for each: 5,000 sites need no 12 million comparisons.
 */
export const checkSiteRanges: Check = ({ sites }) => {
  const problems: Problem[] = [];
  const sorted = sites
    .map((site) => ({ site, range: rangeOf(site.network.nodeCidr) }))
    .sort(
      (a, b) => a.range.first - b.range.first || b.range.last - a.range.last || (a.site.name < b.site.name ? -1 : 1),
    );
  let reaching = sorted[0];
  for (const entry of sorted.slice(1)) {
    if (reaching !== undefined && overlap(entry.range, reaching.range)) {
      problems.push({
        code: "EDGE-NET-003",
        source: entry.site.source,
        path: ["spec", "network", "nodeCidr"],
        message: `${entry.site.network.nodeCidr} overlaps ${reaching.site.network.nodeCidr} of site ${reaching.site.name}`,
      });
    }
    if (reaching === undefined || entry.range.last > reaching.range.last) reaching = entry;
  }
  return problems;
};
