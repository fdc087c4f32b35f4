import type { Architecture } from "../model";
import type { Problem } from "../problem";
import { listOf } from "../quote";
import { matches } from "../select";
import type { Check } from "./check";

/** Every component of a release that a site could get by a rollout supports the site's architecture. */
export const checkArchitectures: Check = ({ sites, releases, rollouts, knowledge: { catalog } }) => {
  const problems: Problem[] = [];
  for (const release of releases) {
    const components = catalog.componentsOf(release);
    const lacking = (architecture: Architecture) =>
      components
        .filter((component) => !component.architectures.includes(architecture))
        .map((component) => `${component.name} ${component.version}`);
    const missing = { amd64: lacking("amd64"), arm64: lacking("arm64") };
    if (missing.amd64.length + missing.arm64.length === 0) continue;
    const selectors = rollouts.filter((rollout) => rollout.release === release.name).map((rollout) => rollout.selector);
    for (const site of sites) {
      const names = missing[site.architecture];
      if (names.length === 0 || !selectors.some((selector) => matches(selector, site))) continue;
      problems.push({
        code: "EDGE-SITE-005",
        source: site.source,
        path: ["spec", "architecture"],
        message: `release ${release.name} has no ${site.architecture} for ${listOf(names)}`,
      });
    }
  }
  return problems;
};
