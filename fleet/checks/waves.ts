import type { ResolvedSite, Rollout, WaveRule } from "../model";
import { compareText, type Problem } from "../problem";
import { listOf, quote } from "../quote";
import { labelOf, matches } from "../select";
import type { Check } from "./check";

/** The canary is first, nothing follows a wave that takes all the rest, and no selected site is left over. */
export const checkWaves: Check = ({ rollouts, sites, sitesComplete }) =>
  rollouts.flatMap((rollout) => [
    ...orderProblems(rollout),
    ...(sitesComplete ? coverageProblems(rollout, sites) : []),
  ]);

function orderProblems(rollout: Rollout): Problem[] {
  const all = rollout.waves.findIndex((wave) => takesAll(wave.size) && isEmpty(wave.selector));
  return rollout.waves.flatMap((wave, index): Problem[] => {
    const at = (key: string) => ({ source: rollout.source, path: ["spec", "waves", index, key] });
    const problems: Problem[] = [];
    if (wave.canary && index > 0) {
      problems.push({
        code: "EDGE-ROLL-005",
        ...at("canary"),
        message: `wave ${quote(wave.name)} is number ${index + 1} and a canary`,
      });
    }
    if (all >= 0 && index > all) {
      problems.push({
        code: "EDGE-ROLL-006",
        ...at("size"),
        message: `wave ${quote(wave.name)} follows ${quote(rollout.waves[all]?.name)}, which takes all the rest`,
      });
    }
    return problems;
  });
}

/**
 * Counts as the planner does: each wave takes from what earlier ones left, a share is of all selected sites. Which
 * sites a size leaves over is the planner's choice, so only those that no wave matches are named.
 */
function coverageProblems(rollout: Rollout, sites: readonly ResolvedSite[]): Problem[] {
  const selected = sites.filter((site) => matches(rollout.selector, site));
  let left = [...selected].sort((a, b) => compareText(a.name, b.name));
  for (const { size, selector } of rollout.waves) {
    const candidates = left.filter((site) => matches(selector, site));
    const taken = new Set(takenBy(size, candidates, selected.length));
    left = left.filter((site) => !taken.has(site));
  }
  if (left.length === 0) return [];
  const unmatched = left.filter((site) => !rollout.waves.some((wave) => matches(wave.selector, site)));
  const bySize = left.length - unmatched.length;
  const parts = [
    ...(unmatched.length > 0 ? [`no wave matches ${listOf(unmatched.map((site) => site.name))}`] : []),
    ...(bySize > 0 ? [`the sizes leave ${bySize} over; edgewave plan names them`] : []),
  ];
  return [
    {
      code: "EDGE-ROLL-007",
      source: rollout.source,
      path: ["spec", "waves"],
      message: `${left.length} of ${selected.length} selected sites are in no wave: ${parts.join(", and ")}`,
    },
  ];
}

/** `exponential` goes on until none is left. */
function takesAll(size: WaveRule["size"]): boolean {
  return size === "rest" || "start" in size;
}

function takenBy(
  size: WaveRule["size"],
  candidates: readonly ResolvedSite[],
  selected: number,
): readonly ResolvedSite[] {
  if (size === "rest" || "start" in size) return candidates;
  if ("groupBy" in size) return candidates.filter((site) => labelOf(site, size.groupBy) !== undefined);
  return candidates.slice(0, "count" in size ? size.count : Math.ceil((selected * size.percent) / 100));
}

function isEmpty({ names, regions, profiles, matchLabels, matchExpressions }: Rollout["selector"]): boolean {
  const parts = names.length + regions.length + profiles.length + matchExpressions.length;
  return parts + Object.keys(matchLabels).length === 0;
}
