import type { Exponential, ResolvedSite, WaveRule } from "../fleet/model";
import { labelOf } from "../fleet/select";
import { amountOf } from "./amount";
import { compareText, groupBy } from "./order";
import { spread } from "./spread";

/** One wave of a rule. */
export interface TakenWave {
  readonly name: string;
  /** In the order in which they are started. */
  readonly sites: readonly ResolvedSite[];
}

/**
 * The waves that a rule makes of its candidates. A rule of one size makes one, which may be empty; `exponential` and
 * `groupBy` make as many as there are sites for, but at least one, so that a rule never vanishes from a plan.
 * @param candidates in order of name.
 * @param selected sites of the whole rollout, of which a percentage is.
 */
export function takeWaves(rule: WaveRule, candidates: readonly ResolvedSite[], selected: number): TakenWave[] {
  const { name, size } = rule;
  if (size !== "rest" && "start" in size) return growing(name, size, candidates);
  if (size !== "rest" && "groupBy" in size) return grouped(name, size, candidates);
  const count = size === "rest" ? candidates.length : amountOf(size, selected);
  return [{ name, sites: rule.canary ? onlineFirst(candidates, count) : spread(candidates, count) }];
}

/** 5, 10, 20, ...: each wave is as large as the last ones have earned. */
function growing(name: string, { start, factor, max }: Exponential, candidates: readonly ResolvedSite[]): TakenWave[] {
  // Spread once over all: a prefix of a spread represents as well as one that was made for its length.
  const order = spread(candidates, candidates.length);
  const waves: TakenWave[] = [];
  for (let from = 0, size = start; from < order.length || waves.length === 0; size *= factor) {
    // A factor of 1.3 must not stand still at 1 for ever, nor may rounding make a wave of none.
    const count = Math.max(1, Math.min(Math.round(size), max ?? Infinity));
    waves.push({ name: `${name}-${waves.length + 1}`, sites: order.slice(from, from + count) });
    from += count;
  }
  return waves;
}

function grouped(
  name: string,
  { groupBy: label, order }: { readonly groupBy: string; readonly order: readonly string[] },
  candidates: readonly ResolvedSite[],
): TakenWave[] {
  const groups = groupBy(
    candidates.filter((site) => labelOf(site, label) !== undefined),
    (site) => labelOf(site, label) ?? "",
  );
  const others = [...groups.keys()].filter((value) => !order.includes(value)).sort(compareText);
  const values = [...new Set(order.filter((value) => groups.has(value))), ...others];
  if (values.length === 0) return [{ name, sites: [] }];
  return values.map((value) => {
    const sites = groups.get(value) ?? [];
    return { name: value === "" ? name : `${name}-${value}`, sites: spread(sites, sites.length) };
  });
}

/** A canary's sites: those with a link first. */
function onlineFirst(candidates: readonly ResolvedSite[], size: number): ResolvedSite[] {
  const online = spread(
    candidates.filter((site) => site.offline === undefined),
    size,
  );
  const offline = candidates.filter((site) => site.offline !== undefined);
  return [...online, ...spread(offline, size - online.length)];
}
