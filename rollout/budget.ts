import type { RolloutState } from "./state";

/** A budget that has been spent beyond its limit. */
export interface Exceeded {
  readonly kind: "failures" | "deferrals";
  /** Undefined is the whole rollout. */
  readonly wave: string | undefined;
  readonly count: number;
  readonly limit: number;
}

/**
 * The first budget that is exceeded, the whole rollout's before the waves'. Asked before each start and after each
 * end: work in flight may finish and spend more than a limit, but nothing is started once one is exceeded. A deferred
 * site never spends the failure budget.
 */
export function exceededBudget(state: RolloutState): Exceeded | undefined {
  const scopes = [
    { wave: undefined, limits: state.plan, tally: state.tally },
    ...state.waves.map((wave) => ({ wave: wave.plan.name, limits: wave.plan, tally: wave.tally })),
  ];
  for (const { wave, limits, tally } of scopes) {
    const { maxFailures, maxDeferred } = limits;
    if (maxFailures !== undefined && tally.failed > maxFailures) {
      return { kind: "failures", wave, count: tally.failed, limit: maxFailures };
    }
    if (maxDeferred !== undefined && tally.deferred > maxDeferred) {
      return { kind: "deferrals", wave, count: tally.deferred, limit: maxDeferred };
    }
  }
  return undefined;
}

/** Such as `2 sites failed in wave canary; its budget allows 0`. */
export function describeExceeded({ kind, wave, count, limit }: Exceeded): string {
  const sites = `${count} ${count === 1 ? "site" : "sites"}`;
  const ended = kind === "failures" ? "failed" : count === 1 ? "was deferred" : "were deferred";
  return wave === undefined
    ? `${sites} ${ended}; the rollout's budget allows ${limit}`
    : `${sites} ${ended} in wave ${wave}; its budget allows ${limit}`;
}
