import type { Gate, GateType, WaveGate } from "../../fleet/gates";
import type { SiteState } from "../state";
import type { Transfer } from "../transfer";
import type { Random } from "./random";

/** How a site's run ends; `unchanged`: nothing was to be done there. */
export type SimulatedEnd = "succeeded" | "unchanged" | "failed" | "deferred";

/** How sites behave, as far as a simulation asks. Pure: chance comes from `random` alone. */
export interface Behaviour {
  /** How the run ends, and the seconds that it takes. */
  run(site: SiteState, random: Random): { readonly seconds: number; readonly ends: SimulatedEnd };
  /** Seconds that a gate of a site or of a wave takes from its beginning, and what it says in the end. */
  gate(
    gate: Gate | WaveGate,
    random: Random,
  ): { readonly seconds: number; readonly verdict: "pass" | "fail" | "inconclusive" };
  /** Seconds until somebody approves a wave; undefined: nobody does. */
  readonly approvalSeconds: number | undefined;
  /** Seconds from the rollout's start until the site's bastion has its content. Absent: it has it already. */
  readonly stagingSeconds?: (site: SiteState) => number;
}

/** What is assumed where nothing is recorded. Shares from 0 to 1. */
export interface Assumptions {
  /** Seconds of a run. */
  readonly seconds: number;
  readonly failing: number;
  readonly vanishing: number;
  readonly gateSeconds: number;
  readonly gateFailing: number;
  readonly approvalSeconds: number | undefined;
}

export const usualAssumptions: Assumptions = {
  seconds: 30,
  failing: 0,
  vanishing: 0,
  gateSeconds: 30,
  gateFailing: 0,
  approvalSeconds: 0,
};

/** What a ledger tells of earlier runs. */
export interface History {
  /** Seconds by profile, only of runs that changed something. */
  readonly seconds: ReadonlyMap<string, readonly number[]>;
  /** Runs that ended, and those of them that failed or found no link. */
  readonly runs: number;
  readonly failed: number;
  readonly vanished: number;
  /** Gates with a verdict by type, the seconds until then only of those that passed. Without soaks, which only wait. */
  readonly gates: ReadonlyMap<GateType, GateHistory>;
}

export interface GateHistory {
  readonly seconds: readonly number[];
  readonly verdicts: number;
  readonly failed: number;
  readonly inconclusive: number;
}

export const noHistory: History = { seconds: new Map(), runs: 0, failed: 0, vanished: 0, gates: new Map() };

/** Sites behave as assumed, a run taking up to a fifth more or less than the assumption. */
export function assumed(assumptions: Assumptions): Behaviour {
  const { seconds, failing, vanishing, gateSeconds, gateFailing, approvalSeconds } = assumptions;
  return {
    run: (_, random) => ({
      seconds: seconds * (0.8 + 0.4 * random()),
      ends:
        drawn(random(), [
          ["failed", failing],
          ["deferred", vanishing],
        ]) ?? "succeeded",
    }),
    gate: (gate, random) =>
      soaked(gate) ?? {
        seconds: within(gate, gateSeconds),
        verdict: random() < gateFailing ? "fail" : "pass",
      },
    approvalSeconds,
  };
}

/**
 * Sites behave as their like did: a run takes as long as one that is drawn from the recorded ones of its profile, a gate
 * as long as one of its type. Shares of failures are those recorded, or the assumed ones if they are higher: a short
 * record without failures proves little.
 */
export function recordedBehaviour(history: History, assumptions: Assumptions): Behaviour {
  const fallback = assumed(assumptions);
  const all = [...history.seconds.values()].flat();
  const failing = Math.max(share(history.failed, history.runs), assumptions.failing);
  const vanishing = Math.max(share(history.vanished, history.runs), assumptions.vanishing);
  return {
    run: (site, random) => {
      const own = history.seconds.get(site.frozen.profile) ?? [];
      const samples = own.length === 0 ? all : own;
      const seconds = samples[Math.floor(random() * samples.length)] ?? fallback.run(site, random).seconds;
      const ends = drawn(random(), [
        ["failed", failing],
        ["deferred", vanishing],
      ]);
      return { seconds, ends: ends ?? "succeeded" };
    },
    gate: (gate, random) => {
      const known = history.gates.get(gate.type);
      const soak = soaked(gate);
      if (soak !== undefined || known === undefined) return soak ?? fallback.gate(gate, random);
      const { seconds, verdicts, failed, inconclusive } = known;
      const verdict = drawn(random(), [
        ["fail", Math.max(share(failed, verdicts), assumptions.gateFailing)],
        ["inconclusive", share(inconclusive, verdicts)],
      ] as const);
      // A gate has no answer only once its time is over.
      if (verdict === "inconclusive") return { seconds: gate.timeoutSeconds, verdict };
      const taken = seconds[Math.floor(random() * seconds.length)] ?? assumptions.gateSeconds;
      return { seconds: within(gate, taken), verdict: verdict ?? "pass" };
    },
    approvalSeconds: assumptions.approvalSeconds,
  };
}

/** Everything goes well and takes its usual time: what a plan predicts. */
export function usual(history: History, assumptions: Assumptions = usualAssumptions): Behaviour {
  const all = [...history.seconds.values()].flat();
  const overall = median(all) ?? assumptions.seconds;
  const byProfile = new Map([...history.seconds].map(([profile, samples]) => [profile, median(samples)]));
  const byGate = new Map([...history.gates].map(([type, { seconds }]) => [type, median(seconds)]));
  return {
    run: (site) => ({ seconds: byProfile.get(site.frozen.profile) ?? overall, ends: "succeeded" }),
    gate: (gate) =>
      soaked(gate) ?? {
        seconds: within(gate, byGate.get(gate.type) ?? assumptions.gateSeconds),
        verdict: "pass",
      },
    approvalSeconds: assumptions.approvalSeconds,
  };
}

/** The same where some sites are as they shall be already: their runs cost nothing and cannot fail. */
export function withUnchanged(behaviour: Behaviour, sites: ReadonlySet<string>): Behaviour {
  return {
    ...behaviour,
    run: (site, random) =>
      site.direction === "forward" && sites.has(site.site)
        ? { seconds: 0, ends: "unchanged" }
        : behaviour.run(site, random),
  };
}

/**
 * The same where content has to come over each site's link. With `preStage` it is under way from the rollout's start, and a
 * site waits for it; without, a run takes no less than its content does. It is not added to the run: what was recorded has
 * such times within it.
 */
export function withTransfers(
  behaviour: Behaviour,
  transfers: ReadonlyMap<string, Transfer>,
  preStage: boolean,
): Behaviour {
  const secondsOf = ({ site }: SiteState): number => transfers.get(site)?.seconds ?? 0;
  if (preStage) return { ...behaviour, stagingSeconds: secondsOf };
  return {
    ...behaviour,
    run: (site, random) => {
      const run = behaviour.run(site, random);
      const carries = site.direction === "forward" && run.ends === "succeeded";
      return carries ? { ...run, seconds: Math.max(run.seconds, secondsOf(site)) } : run;
    },
  };
}

/** A soak passes when its time is over, and never before. */
function soaked(gate: Gate | WaveGate): { readonly seconds: number; readonly verdict: "pass" } | undefined {
  return gate.type === "soak" ? { seconds: gate.durationSeconds, verdict: "pass" } : undefined;
}

/** Not less than the checks in a row need, and not more than the gate is given. */
function within({ intervalSeconds, passes, timeoutSeconds }: Gate | WaveGate, seconds: number): number {
  return Math.min(Math.max(seconds, intervalSeconds * (passes - 1)), timeoutSeconds);
}

/** The first word whose share, added to those before it, is above the drawn number. */
function drawn<T extends string>(number: number, shares: readonly (readonly [T, number])[]): T | undefined {
  let sum = 0;
  return shares.find(([, part]) => number < (sum += part))?.[0];
}

function share(count: number, of: number): number {
  return of === 0 ? 0 : count / of;
}

/** @returns undefined of no values. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
