import type { ResolvedSite, Rollout, WaveRule } from "../fleet/model";
import { labelOf, matches } from "../fleet/select";
import { amountOf } from "./amount";
import { byName, groupBy } from "./order";
import type { FailureDomains, Plan, PlannedWave, UnassignedSite } from "./plan";
import { takeWaves } from "./takeWaves";

/**
 * Puts each selected site into exactly one wave. Pure, and the order of `sites` does not matter.
 *
 * A wave takes from the selected sites that no earlier wave has, spread over regions and hardware classes so that it
 * represents them; a percentage is of all selected sites, rounded up. Canaries are planned first, wherever the file
 * has them: they prove the release to the waves after them. A rule that stands for several waves (`exponential`,
 * `groupBy`) makes as many as it needs.
 *
 * An offline site is not taken into a canary as long as there are others. It would end as deferred without having
 * run anything, so a canary made of offline sites would let the next wave start on no evidence at all.
 * @throws Error if two waves have one name, because the ledger tells waves apart by name.
 */
export function planWaves(sites: readonly ResolvedSite[], rollout: Rollout): Plan {
  const selected = sites.filter((site) => matches(rollout.selector, site)).toSorted(byName);
  const free = new Map(selected.map((site) => [site.name, site]));
  const maxConcurrency = Math.max(1, rollout.maxConcurrency);
  const waves = canariesFirst(rollout.waves).flatMap((rule) => {
    const candidates = [...free.values()].filter((site) => matches(rule.selector, site));
    const taken = takeWaves(rule, candidates, selected.length);
    for (const { sites: members } of taken) for (const site of members) free.delete(site.name);
    return taken.map(({ name, sites: members }) => plannedWave(rollout, rule, name, members, maxConcurrency));
  });
  assertDistinctNames(waves);
  return {
    rollout: rollout.name,
    release: rollout.release,
    waves,
    unassigned: unassigned(sites, new Set(selected.map((site) => site.name)), free),
    maxFailures: amountOf(rollout.maxFailures, selected.length),
    maxDeferred: optionalAmount(rollout.maxDeferred, selected.length),
    maxConcurrency,
    failureDomains: failureDomains(
      rollout,
      selected.filter((site) => !free.has(site.name)),
    ),
    deadlineSeconds: rollout.deadlineSeconds,
    onFailure: rollout.onFailure,
    onInconclusive: rollout.onInconclusive,
    retry: rollout.retry,
    maintenance: rollout.maintenance,
    catchUp: rollout.catchUp,
    preStage: rollout.preStage,
  };
}

function plannedWave(
  rollout: Rollout,
  rule: WaveRule,
  name: string,
  members: readonly ResolvedSite[],
  maxConcurrency: number,
): PlannedWave {
  const waveGates = [...rollout.waveGates, ...rule.waveGates];
  return {
    name,
    canary: rule.canary,
    sites: members.map((site) => site.name),
    maxConcurrency: Math.max(1, Math.min(rule.maxConcurrency ?? maxConcurrency, maxConcurrency)),
    maxFailures: optionalAmount(rule.maxFailures, members.length),
    maxDeferred: optionalAmount(rule.maxDeferred, members.length),
    quorum: optionalAmount(rule.quorum, members.length) ?? 0,
    representation: rule.representation,
    soakSeconds: rule.soakSeconds,
    deadlineSeconds: rule.deadlineSeconds,
    approval: rule.approval,
    gates: [...rollout.gates, ...rule.gates],
    ...(waveGates.length === 0 ? {} : { waveGates }),
    maintenance: rule.maintenance,
  };
}

function optionalAmount(amount: Rollout["maxDeferred"], total: number): number | undefined {
  return amount === undefined ? undefined : amountOf(amount, total);
}

function failureDomains({ failureDomain }: Rollout, members: readonly ResolvedSite[]): FailureDomains | undefined {
  if (failureDomain === undefined) return undefined;
  const { label, maxConcurrency, maxFailures, maxDeferred } = failureDomain;
  const byDomain = groupBy(
    members.filter((site) => labelOf(site, label) !== undefined),
    (site) => labelOf(site, label) ?? "",
  );
  const domains = [...byDomain]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([domain, { length }]) => {
      const limits = {
        sites: length,
        maxFailures: optionalAmount(maxFailures, length),
        maxDeferred: optionalAmount(maxDeferred, length),
      };
      return [domain, limits] as const;
    });
  return { label, maxConcurrency, domains: Object.fromEntries(domains) };
}

function assertDistinctNames(waves: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of waves) {
    if (seen.has(name)) throw new Error(`two waves are named ${JSON.stringify(name)}; a wave's name must be its own`);
    seen.add(name);
  }
}

function canariesFirst(waves: readonly WaveRule[]): WaveRule[] {
  return [...waves.filter((wave) => wave.canary), ...waves.filter((wave) => !wave.canary)];
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
