import { listOf, quote } from "../quote";
import type { Problem } from "../problem";
import type { Check } from "./check";

/** Names are used once: documents of a kind, nodes across the fleet, waves in a rollout. */
export const checkNames: Check = ({ named, sites, rollouts }) => {
  const problems: Problem[] = [];
  const documents = new Map<string, string>();
  for (const { kind, name, source } of named) {
    const key = `${kind}/${name}`;
    const first = documents.get(key);
    if (first === undefined) documents.set(key, `${source.file}:${source.line}`);
    else {
      problems.push({
        code: "EDGE-NAME-002",
        source,
        path: ["metadata", "name"],
        message: `the ${kind.toLowerCase()} ${quote(name)} is already in ${first}`,
      });
    }
  }
  const nodes = new Map<string, string>();
  for (const site of sites) {
    site.nodes.forEach((node, index) => {
      const first = nodes.get(node.name);
      if (first === undefined) nodes.set(node.name, site.name);
      else {
        problems.push({
          code: "EDGE-NAME-002",
          source: site.source,
          path: ["spec", "nodes", index, "name"],
          message: `the node ${quote(node.name)} is already at ${first === site.name ? "this site" : `site ${first}`}`,
          hint: "Node names are host names, unique in the whole fleet; begin them with the site's name.",
        });
      }
    });
  }
  for (const rollout of rollouts) {
    const waves = new Set<string>();
    rollout.waves.forEach((wave, index) => {
      if (waves.has(wave.name)) {
        problems.push({
          code: "EDGE-NAME-002",
          source: rollout.source,
          path: ["spec", "waves", index, "name"],
          message: `the wave ${quote(wave.name)} is already in this rollout (${listOf([...waves])})`,
        });
      }
      waves.add(wave.name);
    });
  }
  return problems;
};

const reserved = ["region", "profile", "architecture"];

/** Labels do not repeat what a site says by its own fields. */
export const checkLabels: Check = ({ sites }) =>
  sites.flatMap((site) =>
    reserved
      .filter((label) => Object.hasOwn(site.labels, label))
      .map((label) => ({
        code: "EDGE-KEY-003" as const,
        source: site.source,
        path: ["metadata", "labels", label],
        message: `the label ${quote(label)} is reserved: the site has spec.${label}`,
      })),
  );
