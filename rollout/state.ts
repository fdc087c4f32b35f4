import type { FrozenSite, Outcome, RolloutResult, RolloutStarted, SiteFinished, SitePromoted } from "./events";
import type { Plan, PlannedWave } from "./plan";
import type { SiteTable } from "./siteTable";
import type { Tally } from "./tally";

/** Everything that is known of a rollout, computed from its events alone; never changed in place. */
export interface RolloutState {
  readonly run: string;
  readonly fleet: string;
  readonly rollout: string;
  readonly release: string;
  readonly locked: boolean;
  readonly plan: Plan;
  readonly supersedes: RolloutStarted["supersedes"];
  /** All times are milliseconds since the epoch. */
  readonly startedAt: number;
  /** Time and number of the last event. */
  readonly at: number;
  readonly sequence: number;
  readonly waves: readonly WaveState[];
  readonly sites: SiteTable<SiteState>;
  /** Of all waves. */
  readonly tally: Tally;
  readonly running: number;
  /** How often a driver took the run over from an earlier one. */
  readonly resumes: number;
  readonly halted: { readonly at: number; readonly reason: string; readonly wave: string | undefined } | undefined;
  readonly stopping: { readonly at: number; readonly reason: string } | undefined;
  readonly interrupted: { readonly at: number; readonly left: number } | undefined;
  readonly finished: { readonly at: number; readonly result: RolloutResult } | undefined;
}

export interface WaveState {
  readonly plan: PlannedWave;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** The wait after the wave. */
  readonly soak: { readonly from: number; readonly until: number; readonly endedAt: number | undefined } | undefined;
  readonly tally: Tally;
  readonly running: number;
  readonly pending: number;
  /** Of the pending sites, those that have no link. */
  readonly offline: number;
  /** Position in the plan's order before which no site is pending. */
  readonly nextPending: number;
}

export interface SiteState {
  readonly site: string;
  readonly wave: string;
  readonly frozen: FrozenSite;
  readonly phase: "pending" | "running" | "final";
  /** Runs of the site so far, and the fencing token of the last one; 0 before the first. */
  readonly attempt: number;
  readonly token: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** When the site was last changed, as far as this run knows; a soak counts from then. */
  readonly changedAt: number | undefined;
  /** Set while `phase` is `final`. */
  readonly outcome: Outcome | undefined;
  readonly reason: string | undefined;
  readonly seconds: number;
  readonly resources: number;
  readonly changes: SiteFinished["changes"];
  readonly notes: readonly string[];
  readonly promotion: Pick<SitePromoted, "from" | "to" | "moved"> | undefined;
}

/** The wave that is under way or comes next; undefined after the last one. */
export function currentWave(state: RolloutState): WaveState | undefined {
  return state.waves.find((wave) => wave.finishedAt === undefined);
}

/** Sites that have no outcome yet, or were cancelled and would run again on a resume. */
export function sitesLeft(state: RolloutState): number {
  return state.sites.size - finalSites(state) + state.tally.cancelled;
}

function finalSites(state: RolloutState): number {
  return state.waves.reduce((sum, wave) => sum + wave.plan.sites.length - wave.running - wave.pending, 0);
}
