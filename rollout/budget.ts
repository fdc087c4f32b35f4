import type { Plan } from "./plan";
import { currentWave, type RolloutState } from "./state";

/** A budget that has been spent beyond its limit. */
export interface Exceeded {
  readonly kind: "failures" | "deferrals";
  /** Where: undefined is the whole rollout. */
  readonly wave: string | undefined;
  readonly domain: string | undefined;
  readonly count: number;
  readonly limit: number;
}

/**
 * The first budget that is exceeded, the whole rollout's before the waves', the failure domains' last. Asked before each
 * start and after each end: work in flight may finish and spend more than a limit, but nothing is started once one is
 * exceeded. A deferred site never spends the failure budget; with `onFailure: continue` failures have none. Deferrals are
 * counted while there are waves: afterwards they keep nobody from catching up.
 */
export function exceededBudget(state: RolloutState): Exceeded | undefined {
  if (isWithinAll(state)) return undefined;
  const failuresCount = state.plan.onFailure !== "continue";
  const deferralsCount = currentWave(state) !== undefined;
  for (const { wave, domain, limits, tally } of scopes(state)) {
    const { maxFailures, maxDeferred } = limits;
    if (failuresCount && maxFailures !== undefined && tally.failed > maxFailures) {
      return { kind: "failures", wave, domain, count: tally.failed, limit: maxFailures };
    }
    if (deferralsCount && maxDeferred !== undefined && tally.deferred > maxDeferred) {
      return { kind: "deferrals", wave, domain, count: tally.deferred, limit: maxDeferred };
    }
  }
  return undefined;
}

/** No scope has more failures or deferrals than the rollout, so while that has few nothing else need be looked at. */
function isWithinAll({ plan, tally }: RolloutState): boolean {
  const least = leastLimits.get(plan) ?? leastLimitsOf(plan);
  leastLimits.set(plan, least);
  return tally.failed <= least.failures && tally.deferred <= least.deferrals;
}

/** By plan, because each decision asks. */
const leastLimits = new WeakMap<Plan, { readonly failures: number; readonly deferrals: number }>();

function leastLimitsOf(plan: Plan) {
  const all = [plan, ...plan.waves, ...Object.values(plan.failureDomains?.domains ?? {})];
  const least = (limits: readonly (number | undefined)[]) =>
    limits.reduce<number>((a, b) => Math.min(a, b ?? Infinity), Infinity);
  return {
    failures: least(all.map(({ maxFailures }) => maxFailures)),
    deferrals: least(all.map(({ maxDeferred }) => maxDeferred)),
  };
}

function* scopes(state: RolloutState) {
  yield { wave: undefined, domain: undefined, limits: state.plan, tally: state.tally };
  for (const wave of state.waves) {
    yield { wave: wave.plan.name, domain: undefined, limits: wave.plan, tally: wave.tally };
  }
  for (const [domain, limits] of Object.entries(state.plan.failureDomains?.domains ?? {})) {
    const tally = state.domains.get(domain)?.tally;
    if (tally !== undefined) yield { wave: undefined, domain, limits, tally };
  }
}

/** Such as `2 sites failed in wave canary; its budget allows 0`. */
export function describeExceeded(exceeded: Exceeded, label = "failure domain"): string {
  const { kind, wave, domain, count, limit } = exceeded;
  const sites = `${count} ${count === 1 ? "site" : "sites"}`;
  const ended = kind === "failures" ? "failed" : count === 1 ? "was deferred" : "were deferred";
  if (wave !== undefined) return `${sites} ${ended} in wave ${wave}; its budget allows ${limit}`;
  if (domain !== undefined) return `${sites} ${ended} in ${label} ${domain}; its budget allows ${limit}`;
  return `${sites} ${ended}; the rollout's budget allows ${limit}`;
}
