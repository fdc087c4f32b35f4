import { outcomes, type Outcome, type RecordedEvent } from "../../rollout/events";
import type { Ledger } from "../../rollout/ledger/ledger";
import { readState } from "../../rollout/snapshot";
import type { RolloutState } from "../../rollout/state";
import { outcomeWord } from "../printing/summary";

/** One run of a rollout, as the ledger tells it; times are ISO, what is not there is null. */
export interface RunRecord {
  readonly run: string;
  readonly rollout: string;
  readonly release: string;
  readonly startedAt: string;
  /** From the start to the last event. */
  readonly seconds: number;
  /** `running` also of a run whose driver is gone: only `status` looks for it. */
  readonly result: string;
  readonly reason: string | null;
  readonly sites: number;
  readonly tally: Readonly<Partial<Record<Outcome, number>>>;
  readonly acts: readonly Act[];
  readonly state: RolloutState;
}

/** Something that somebody did to a run. */
export interface Act {
  readonly at: string;
  readonly by: string;
  /** For people: `approved wave rest`. */
  readonly what: string;
}

/** Types of the events that somebody caused by hand. */
const actTypes = [
  "driver-resumed",
  "approved",
  "paused",
  "unpaused",
  "abort-requested",
  "gate-accepted",
  "wave-gate-accepted",
  "evidence-recorded",
  "rollback-started",
  "rollout-reopened",
] as const;

/** Reads a run from its last snapshot on where there is one, and of the events before only what somebody did. */
export async function readRun(ledger: Ledger, run: string): Promise<RunRecord> {
  return runRecord(await readState(ledger, run), await ledger.eventsOf(run, actTypes));
}

function runRecord(state: RolloutState, acts: readonly RecordedEvent[]): RunRecord {
  const { run, rollout, release, startedAt, at, finished, halted, interrupted, sites, tally } = state;
  const superseded = finished?.result === "superseded" ? "another run took its place" : undefined;
  return {
    run,
    rollout,
    release,
    startedAt: new Date(startedAt).toISOString(),
    seconds: (at - startedAt) / 1000,
    result: finished?.result ?? (interrupted === undefined ? "running" : "interrupted"),
    reason: halted?.reason ?? superseded ?? null,
    sites: sites.size,
    tally: Object.fromEntries(outcomes.filter((word) => tally[word] > 0).map((word) => [word, tally[word]])),
    acts: acts.flatMap(actOf),
    state,
  };
}

function actOf({ at, event }: RecordedEvent): Act[] {
  const act = (by: string, what: string, reason?: string): Act[] => [
    { at: new Date(at).toISOString(), by, what: reason === undefined ? what : `${what}: ${reason}` },
  ];
  switch (event.type) {
    case "driver-resumed":
      return act(`process ${event.pid} on ${event.host}`, "resumed");
    case "approved":
      return act(event.by, `approved wave ${event.wave}${event.signed === undefined ? "" : ", signed"}`);
    case "paused":
      return act(event.by, "paused", event.reason);
    case "unpaused":
      return act(event.by, "went on");
    case "abort-requested":
      return act(event.by, "aborted", event.reason);
    case "gate-accepted":
      return act(event.by, `took gate ${event.gate} of ${event.site} as passed`);
    case "wave-gate-accepted":
      return act(event.by, `took gate ${event.gate} of wave ${event.wave} as passed`);
    case "evidence-recorded":
      return act(event.by, `reported ${event.result} of ${event.site}`, event.detail);
    case "rollback-started":
      return act(event.by, `rolled ${event.sites.length} sites back`, event.reason);
    case "rollout-reopened":
      return act(event.by, `${event.kind === "retry" ? "retried" : "caught up"} ${event.sites.length} sites`);
    default:
      return [];
  }
}

/** What a run did to one site. */
export interface SiteRecord {
  readonly run: string;
  readonly rollout: string;
  readonly release: string;
  readonly wave: string;
  readonly outcome: string;
  readonly reason: string | null;
  /** Of its end; of the run's last event where it has none. */
  readonly at: string;
  readonly seconds: number;
  /** Runs of its stack. */
  readonly attempts: number;
  readonly commit: string | null;
}

/** Undefined if the run did not take the site. */
export function siteRecords({ run, rollout, release, state }: RunRecord, name: string): SiteRecord | undefined {
  const site = state.sites.get(name);
  if (site === undefined) return undefined;
  const back = site.direction === "back" ? site.before?.release : undefined;
  return {
    run,
    rollout,
    release: back ?? release,
    wave: site.wave,
    outcome: outcomeWord(site),
    reason: site.reason ?? null,
    at: new Date(site.finishedAt ?? state.at).toISOString(),
    seconds: site.seconds,
    attempts: site.attempt,
    commit: site.promotion?.to ?? null,
  };
}
