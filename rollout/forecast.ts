import type { RolloutState } from "./state";
import {
  type History,
  median,
  noHistory,
  usual,
  usualAssumptions,
  withTransfers,
  withUnchanged,
} from "./simulate/behaviour";
import type { Transfer } from "./transfer";
import { simulate } from "./simulate/simulate";

/** When a rollout and its waves will have ended, if all goes as it usually does. Milliseconds since the epoch. */
export interface Forecast {
  /** Undefined if it waits for somebody; `stuck` says for what. */
  readonly endsAt: number | undefined;
  readonly stuck: string | undefined;
  /** Why it halts even so, such as for a deadline that is too short; undefined if it does not. */
  readonly halts: string | undefined;
  /** By wave; those that have not ended by then are missing. */
  readonly waves: ReadonlyMap<string, { readonly startsAt: number | undefined; readonly endsAt: number | undefined }>;
}

/** What a forecast knows besides the rollout itself. */
export interface Known {
  /** Of earlier runs; the runs of this one are added to it. */
  readonly history?: History;
  /** Sites that are as they shall be already. */
  readonly unchanged?: ReadonlySet<string>;
  /** By site, for those that fetch anything. */
  readonly transfers?: ReadonlyMap<string, Transfer>;
}

/**
 * Goes on from a state with runs that take the median of those that were recorded, and nothing going wrong. Approvals
 * come at once, so that what it says is the earliest end that is likely.
 */
export function forecast(
  state: RolloutState,
  now: number,
  { history = noHistory, unchanged = new Set(), transfers = new Map() }: Known = {},
): Forecast {
  const carrying = withTransfers(usual(withThisRun(state, history)), transfers, state.plan.preStage);
  const behaviour = withUnchanged(carrying, unchanged);
  const { state: end, endedAt, stuck } = simulate(state, behaviour, () => 0.5, now);
  return {
    endsAt: stuck === undefined ? endedAt : undefined,
    stuck,
    halts: end.halted?.reason,
    waves: new Map(
      end.waves.map(({ plan, startedAt, finishedAt }) => [plan.name, { startsAt: startedAt, endsAt: finishedAt }]),
    ),
  };
}

/**
 * As `forecast`, but reckoned wave by wave from places and medians alone: windows, gates and failure domains do not enter,
 * so it is the earliest end. It costs next to nothing for any number of sites.
 */
export function roughForecast(state: RolloutState, now: number, history: History = noHistory): Forecast {
  const { seconds } = withThisRun(state, history);
  const usualSeconds = median([...seconds.values()].flat()) ?? usualAssumptions.seconds;
  const waves = new Map<string, { startsAt: number | undefined; endsAt: number | undefined }>();
  let at = now;
  for (const { plan, startedAt, finishedAt, pending, running } of state.waves) {
    const startsAt = startedAt ?? at;
    const turns = Math.ceil((pending + running) / plan.maxConcurrency);
    const endsAt = finishedAt ?? at + turns * usualSeconds * 1000;
    waves.set(plan.name, { startsAt, endsAt });
    at = Math.max(at, endsAt + (plan === state.waves.at(-1)?.plan ? 0 : plan.soakSeconds * 1000));
  }
  return { endsAt: at, stuck: undefined, halts: state.halted?.reason, waves };
}

function withThisRun(state: RolloutState, history: History): History {
  const seconds = new Map([...history.seconds].map(([profile, samples]) => [profile, [...samples]]));
  for (const { outcome, seconds: taken, frozen } of state.sites.values()) {
    if (outcome !== "succeeded" || taken <= 0) continue;
    const samples = seconds.get(frozen.profile);
    if (samples === undefined) seconds.set(frozen.profile, [taken]);
    else samples.push(taken);
  }
  return { ...history, seconds };
}
