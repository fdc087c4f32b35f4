import type { RolloutResult } from "../events";
import type { RolloutState } from "../state";
import type { Behaviour } from "./behaviour";
import { randomOf } from "./random";
import { simulate } from "./simulate";

/** What many simulated rollouts have in common. All of it follows from the seed. */
export interface Distribution {
  readonly runs: number;
  readonly seed: number;
  /** How many ended so; `stuck` waits for somebody and would wait for ever. */
  readonly results: Readonly<Partial<Record<RolloutResult | "stuck", number>>>;
  /**
   * Milliseconds since the epoch at which a tenth, half and nine tenths of those that had an end had ended; undefined if
   * none had.
   */
  readonly endedAt: Quantiles | undefined;
  /** Sites that were started before the end: what a bad release reaches. */
  readonly reached: Quantiles;
  readonly failed: Quantiles;
  readonly deferred: Quantiles;
  /** Halts by wave and by reason without its figures, the most frequent first. */
  readonly halts: readonly { readonly wave: string; readonly reason: string; readonly runs: number }[];
  /** What stuck ones wait for, the most frequent first. */
  readonly stuck: readonly { readonly condition: string; readonly runs: number }[];
}

/** The least value that is not below a tenth, half and nine tenths of all. */
export interface Quantiles {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** What is kept of one run: a thousand runs of a large fleet must not be in memory as a whole. */
interface End {
  readonly result: RolloutResult | "stuck";
  readonly endedAt: number;
  readonly reached: number;
  readonly failed: number;
  readonly deferred: number;
  readonly halted: { readonly wave: string; readonly reason: string } | undefined;
  readonly stuck: string | undefined;
}

/**
 * Simulates a rollout many times, each time with other random numbers.
 * @param runs at least 1.
 * @param now when it starts or goes on, in milliseconds since the epoch.
 * @param onRun told after each run, so that long work can show how far it is.
 * @throws whatever `onRun` throws, to end it early.
 */
export function simulateMany(
  state: RolloutState,
  behaviour: Behaviour,
  { runs, seed, now, onRun }: { runs: number; seed: number; now: number; onRun?: (done: number) => void },
): Distribution {
  const ends: End[] = [];
  for (let run = 0; run < runs; run += 1) {
    ends.push(simulated(state, behaviour, seed, run, now));
    onRun?.(run + 1);
  }
  return distributionOf(ends, seed);
}

function simulated(from: RolloutState, behaviour: Behaviour, seed: number, run: number, now: number): End {
  const { state, endedAt, reached, stuck } = simulate(from, behaviour, randomOf(seed, run), now);
  const { finished, halted, tally } = state;
  return {
    result: finished?.result ?? "stuck",
    endedAt,
    reached,
    failed: tally.failed,
    deferred: tally.deferred,
    halted: halted && { wave: halted.wave ?? "", reason: withoutFigures(halted.reason) },
    stuck,
  };
}

function distributionOf(ends: readonly End[], seed: number): Distribution {
  const ended = ends.filter(({ stuck }) => stuck === undefined).map(({ endedAt }) => endedAt);
  const halts = ends.flatMap(({ halted }) => halted ?? []);
  const stuck = ends.flatMap(({ stuck: condition }) => condition ?? []);
  return {
    runs: ends.length,
    seed,
    results: Object.fromEntries(byFrequency(ends.map(({ result }) => result))),
    endedAt: ended.length === 0 ? undefined : quantiles(ended),
    reached: quantiles(ends.map(({ reached }) => reached)),
    failed: quantiles(ends.map(({ failed }) => failed)),
    deferred: quantiles(ends.map(({ deferred }) => deferred)),
    halts: byFrequency(halts.map((halt) => JSON.stringify(halt))).map(([text, runs]) => ({
      ...(JSON.parse(text) as (typeof halts)[number]),
      runs,
    })),
    stuck: byFrequency(stuck).map(([condition, runs]) => ({ condition, runs })),
  };
}

/** How many sites it was differs from run to run; that the reason is the same shows only without. */
function withoutFigures(reason: string): string {
  return reason
    .replace(/^\d+ sites? (was |were )?(failed|deferred)/, "sites $2")
    .replace(/^\d+ of \d+ sites of wave (\S+) were reached/, "too few sites of wave $1 were reached")
    .replace(/ passed with \d+ sites? left$/, " passed");
}

export function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b);
  // A tenth of 70 is 7.000000000000001, which must not become the eighth.
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length - 1e-9) - 1)] ?? 0;
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

/** Each with how often it is there. */
function byFrequency<T extends string>(items: readonly T[]): [T, number][] {
  const counts = new Map<T, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}
