import type { ResolvedSite, Rollout, WaveRule } from "../fleet/model";
import { matches } from "../fleet/select";
import { amountOf } from "./amount";
import { byName } from "./order";
import type { Plan, PlannedWave, UnassignedSite } from "./plan";
import { spread } from "./spread";

/**
 * Puts each selected site into exactly one wave. Pure, and the order of `sites` does not matter.
 *
 * A wave takes from the selected sites that no earlier wave has, spread over regions and hardware classes so that it
 * represents them; a percentage is of all selected sites, rounded up. Canaries are planned first, wherever the file
 * has them: they prove the release to the waves after them.
 *
 * An offline site is not taken into a canary as long as there are others. It would end as deferred without having
 * run anything, so a canary made of offline sites would let the next wave start on no evidence at all.
 * @throws Error if two waves have one name, because the ledger tells waves apart by name.
 */
export function planWaves(sites: readonly ResolvedSite[], rollout: Rollout): Plan {
  assertDistinctNames(rollout.waves);
  const selected = sites.filter((site) => matches(rollout.selector, site)).toSorted(byName);
  const free = new Map(selected.map((site) => [site.name, site]));
  const maxConcurrency = Math.max(1, rollout.maxConcurrency);
  const waves = canariesFirst(rollout.waves).map((rule): PlannedWave => {
    const candidates = [...free.values()].filter((site) => matches(rule.selector, site));
    const size = rule.size === "rest" ? candidates.length : amountOf(rule.size, selected.length);
    const taken = rule.canary ? onlineFirst(candidates, size) : spread(candidates, size);
    for (const site of taken) free.delete(site.name);
    return {
      name: rule.name,
      canary: rule.canary,
      sites: taken.map((site) => site.name),
      maxConcurrency: Math.max(1, Math.min(rule.maxConcurrency ?? maxConcurrency, maxConcurrency)),
      maxFailures: rule.maxFailures === undefined ? undefined : amountOf(rule.maxFailures, taken.length),
      maxDeferred: undefined,
      soakSeconds: rule.soakSeconds,
    };
  });
  return {
    rollout: rollout.name,
    release: rollout.release,
    waves,
    unassigned: unassigned(sites, new Set(selected.map((site) => site.name)), free),
    maxFailures: amountOf(rollout.maxFailures, selected.length),
    maxDeferred: rollout.maxDeferred === undefined ? undefined : amountOf(rollout.maxDeferred, selected.length),
    maxConcurrency,
  };
}

function assertDistinctNames(waves: readonly WaveRule[]): void {
  const seen = new Set<string>();
  for (const { name } of waves) {
    if (seen.has(name)) throw new Error(`two waves are named ${JSON.stringify(name)}; a wave's name must be its own`);
    seen.add(name);
  }
}

function canariesFirst(waves: readonly WaveRule[]): WaveRule[] {
  return [...waves.filter((wave) => wave.canary), ...waves.filter((wave) => !wave.canary)];
}

function onlineFirst(candidates: readonly ResolvedSite[], size: number): ResolvedSite[] {
  const online = spread(
    candidates.filter((site) => site.offline === undefined),
    size,
  );
  const offline = candidates.filter((site) => site.offline !== undefined);
  return [...online, ...spread(offline, size - online.length)];
}

function unassigned(
  sites: readonly ResolvedSite[],
  selected: ReadonlySet<string>,
  free: ReadonlyMap<string, ResolvedSite>,
): UnassignedSite[] {
  return sites.toSorted(byName).flatMap((site): UnassignedSite[] => {
    if (!selected.has(site.name)) return [{ site: site.name, reason: "not-selected" }];
    return free.has(site.name) ? [{ site: site.name, reason: "no-wave" }] : [];
  });
}
