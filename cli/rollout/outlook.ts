import type { Fleet, Release, Rollout } from "../../fleet/model";
import { eventVersion, type RecordedEvent, type SiteSuccess } from "../../rollout/events";
import type { Ledger } from "../../rollout/ledger/ledger";
import type { Plan } from "../../rollout/plan";
import { applyEvent } from "../../rollout/fold";
import { planWaves } from "../../rollout/planWaves";
import { programDigest } from "../../rollout/programDigest";
import { type History, noHistory } from "../../rollout/simulate/behaviour";
import { historyOf } from "../../rollout/simulate/history";
import { rolloutStarted } from "../../rollout/start";
import { startState } from "../../rollout/startState";
import type { RolloutState } from "../../rollout/state";
import { type Transfer, transfersOf } from "../../rollout/transfer";
import { home } from "../runner";
import { trustedKeys } from "../signingKey";
import { UserError } from "../userError";
import type { LastRun } from "./ledgerFile";
import { programParts } from "./programParts";
import { withLedger } from "./withLedger";

/** A rollout that has not begun, or is under way, and what is known that tells how it will go. */
export interface Outlook {
  readonly plan: Plan;
  /** As if it had been started at the given time, or as the ledger tells it. */
  readonly state: RolloutState;
  readonly history: History;
  /** Runs of the ledger that the history is from. */
  readonly historyRuns: number;
  /** Sites that are at what the rollout wants, as far as the ledger tells: nobody looked at their files. */
  readonly unchanged: ReadonlySet<string>;
  /** What has to come over the sites' links; empty for a rollout under way, whose sites are fetching already. */
  readonly transfers: ReadonlyMap<string, Transfer>;
}

/**
 * Reads and plans, and touches nothing.
 * @param out absolute output folder; there may be none yet.
 * @param startAt milliseconds since the epoch.
 * @param most runs of the ledger, the newest, that are read for the history; 0 for none. Once they tell of `enough` runs
 *   of sites, older ones are not read.
 */
export async function outlookOf(
  { fleet, rollout, release }: { readonly fleet: Fleet; readonly rollout: Rollout; readonly release: Release },
  out: string,
  startAt: number,
  { most, enough = Infinity }: { readonly most: number; readonly enough?: number },
): Promise<Outlook> {
  const plan = planWaves(fleet.sites, rollout);
  return withLedger(out, async (ledger) => {
    const successes = (await ledger?.successes()) ?? new Map<string, SiteSuccess>();
    // Only what has been made can be unchanged, so only then it counts what edgewave itself would make of it.
    const program =
      successes.size === 0
        ? { signers: [], programDigest: "" }
        : { signers: await trustedKeys(out), programDigest: await programDigest(home, programParts) };
    const event = rolloutStarted({ fleet, release, plan, successes, ...program });
    const state = startState({ run: "planned", sequence: 1, at: startAt, version: eventVersion, event });
    const releases = new Map(fleet.releases.map((other) => [other.name, other]));
    const planned = fleet.sites.filter(({ name }) => state.sites.get(name) !== undefined);
    const past = ledger === undefined ? undefined : await pastRuns(ledger, most, enough);
    const unchanged = event.sites.filter((site) => successes.get(site.site)?.desiredHash === site.desiredHash);
    return {
      plan,
      state,
      history: past?.history ?? noHistory,
      historyRuns: past?.runs ?? 0,
      unchanged: new Set(unchanged.map(({ site }) => site)),
      transfers: transfersOf(planned, release, (site) => releases.get(successes.get(site)?.release ?? "")),
    };
  });
}

/**
 * A rollout that is under way, from where the ledger has it on. A driver that is gone is taken to be replaced at once.
 * @param driven whether a driver is at work.
 * @param at when it goes on, in milliseconds since the epoch.
 * @throws UserError EDGE-CLI-068 if it has ended.
 */
export async function outlookFrom(
  { ledger, state: recorded }: LastRun,
  driven: boolean,
  at: number,
  { most, enough = Infinity }: { readonly most: number; readonly enough?: number },
): Promise<Outlook> {
  const { run, rollout, plan, finished } = recorded;
  if (finished !== undefined) {
    throw new UserError(
      "EDGE-CLI-068",
      `run ${run} of rollout ${rollout} has ended as ${finished.result}, so nothing follows from it`,
      "Leave out --from-ledger to simulate a new run; edgewave status shows how this one ended.",
    );
  }
  const resumed = { type: "driver-resumed" as const, host: "simulated", pid: 0, inFlight: [] };
  const sequence = recorded.sequence + 1;
  const state = driven ? recorded : applyEvent(recorded, { run, sequence, at, version: eventVersion, event: resumed });
  const successes = await ledger.successes();
  const past = await pastRuns(ledger, most, enough);
  const unchanged = [...state.sites.values()].filter(
    ({ site, frozen }) => successes.get(site)?.desiredHash === frozen.desiredHash,
  );
  return {
    plan,
    state,
    history: past.history,
    historyRuns: past.runs,
    unchanged: new Set(unchanged.map(({ site }) => site)),
    transfers: new Map(),
  };
}

async function pastRuns(
  ledger: Ledger,
  most: number,
  enough: number,
): Promise<{ readonly history: History; readonly runs: number }> {
  const newest = most === 0 ? [] : (await ledger.runs()).slice(0, most);
  const read: RecordedEvent[][] = [];
  let history = noHistory;
  for (const { run } of newest) {
    read.push(await ledger.events(run));
    history = historyOf(read);
    if (history.runs >= enough) break;
  }
  return { history, runs: read.length };
}
