import type {
  Approved,
  FrozenSite,
  GateFinished,
  Outcome,
  ReleaseBefore,
  RollbackStarted,
  RolloutHalted,
  RolloutResult,
  RolloutStarted,
  SiteApplied,
  SiteFinished,
  SitePromoted,
} from "./events";
import type { GateAnswer } from "./gates/answer";
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
  /** Start, or the last time that it was opened again; the deadline counts from here. */
  readonly openedAt: number;
  /** Time and number of the last event. */
  readonly at: number;
  readonly sequence: number;
  readonly waves: readonly WaveState[];
  readonly sites: SiteTable<SiteState>;
  /** By failure domain; empty if the rollout has none. */
  readonly domains: SiteTable<DomainState>;
  /** Of all waves. */
  readonly tally: Tally;
  /** Sites in flight: in a run, or between a run and the end of their gates. */
  readonly running: number;
  /** Of those in flight, the ones whose gates are looked at. */
  readonly gating: number;
  /** Names of the sites in flight, in the order in which they were started. */
  readonly inFlight: readonly string[];
  /** Sites of the catch-up that have not been started, and those that are in flight. */
  readonly catchUp: { readonly pending: number; readonly running: number };
  /** Of the pending sites that go forward: how many bastions are being asked, and whose content was missing. */
  readonly staging: { readonly asking: number; readonly missing: readonly string[] };
  /** How often a driver took the run over from an earlier one. */
  readonly resumes: number;
  readonly halted:
    | {
        readonly at: number;
        readonly reason: string;
        readonly wave: string | undefined;
        readonly takeBack: RolloutHalted["takeBack"];
      }
    | undefined;
  readonly paused: { readonly at: number; readonly by: string; readonly reason: string | undefined } | undefined;
  readonly aborting: { readonly at: number; readonly by: string; readonly reason: string | undefined } | undefined;
  /** The last rollback; sites that it takes back have the direction `back`. */
  readonly rollback:
    (Pick<RollbackStarted, "by" | "reason" | "wave" | "without"> & { readonly at: number }) | undefined;
  readonly stopping: { readonly at: number; readonly reason: string } | undefined;
  readonly interrupted: { readonly at: number; readonly left: number } | undefined;
  readonly finished: { readonly at: number; readonly result: RolloutResult } | undefined;
}

export interface WaveState {
  readonly plan: PlannedWave;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  readonly approvals: readonly (Omit<Approved, "type" | "wave"> & { readonly at: number })[];
  /** The wait after the wave. */
  readonly soak: { readonly from: number; readonly until: number; readonly endedAt: number | undefined } | undefined;
  /** What the wave as a whole was asked, once its sites had ended; in the order in which it was asked. */
  readonly gates: readonly GateState[];
  /** How often its gates were begun anew: what is told of an earlier round counts no more. */
  readonly gateRound: number;
  readonly tally: Tally;
  readonly running: number;
  readonly pending: number;
  /** Of the pending sites, those that have no link. */
  readonly offline: number;
  /** Position in the plan's order before which no site is pending. */
  readonly nextPending: number;
  /** Position before which there is no site whose bastion is still to be asked for the first time. */
  readonly nextStaging: number;
}

export interface DomainState {
  readonly tally: Tally;
  readonly running: number;
}

export interface SiteState {
  readonly site: string;
  readonly wave: string;
  readonly frozen: FrozenSite;
  /** What it had when the rollout started; undefined if it had nothing. */
  readonly before: ReleaseBefore | undefined;
  /** `gating`: its run is done and its gates are looked at. */
  readonly phase: "pending" | "running" | "gating" | "final";
  /** `back`: to the release that it had before. */
  readonly direction: "forward" | "back";
  /** Whether it was deferred and has a link again. */
  readonly catchUp: boolean;
  /** Whether its last run ended with its driver, or was stopped, so that it has to be taken up even after a halt. */
  readonly cutOff: boolean;
  /** Whether this rollout has changed it, or may have: it has had a run that was not found to be unnecessary. */
  readonly changed: boolean;
  /** Runs of the site so far, and the fencing token of the last one; 0 before the first. */
  readonly attempt: number;
  readonly token: number;
  /** Failed runs that were or will be repeated, since the site was last taken up. */
  readonly retries: number;
  /** A repeat is not started before. */
  readonly notBefore: number | undefined;
  readonly staging: Staging | undefined;
  /** Releases on the way that it has reached. */
  readonly hopped: readonly string[];
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** When the site was last changed, as far as this run knows; a soak counts from then. */
  readonly changedAt: number | undefined;
  /** Set while `phase` is `gating`. */
  readonly applied: Omit<SiteApplied, "type" | "site"> | undefined;
  /** What its run waits for on the driver's machine before it begins. */
  readonly waiting: { readonly since: number; readonly reason: string } | undefined;
  /** In the order in which they were started; those of the last run. */
  readonly gates: readonly GateState[];
  /** Set while `phase` is `final`. */
  readonly outcome: Outcome | undefined;
  readonly reason: string | undefined;
  readonly seconds: number;
  readonly resources: number;
  readonly changes: SiteFinished["changes"];
  readonly notes: readonly string[];
  readonly promotion: Pick<SitePromoted, "from" | "to" | "moved"> | undefined;
}

/** Whether the release's content is at the site's bastion. */
export interface Staging {
  readonly phase: "asking" | "present" | "missing";
  readonly since: number;
  /** For people: the proof, or what is missing. */
  readonly detail: string;
  /** When a missing content is asked for again. */
  readonly until: number | undefined;
}

export interface GateState {
  readonly gate: string;
  /** When it was first looked at; its timeout counts from here. */
  readonly began: number;
  /** Whether a driver looks at it now. */
  readonly watched: boolean;
  readonly answer: (GateAnswer & { readonly since: number }) | undefined;
  readonly verdict: (Pick<GateFinished, "verdict" | "reason"> & { readonly at: number }) | undefined;
  /** Who answered for it. */
  readonly acceptedBy: string | undefined;
}

/** Whether a site's bastion is still to be asked, or to be asked anew, for its content; without regard to the plan. */
export function isToStage({ phase, direction, frozen, staging }: SiteState): boolean {
  return phase === "pending" && direction === "forward" && frozen.offline === undefined && staging === undefined;
}

/** The wave that is under way or comes next; undefined after the last one. */
export function currentWave(state: RolloutState): WaveState | undefined {
  return state.waves.find((wave) => wave.finishedAt === undefined);
}

/** Sites that have no outcome yet, or were cancelled and would run again on a resume. */
export function sitesLeft(state: RolloutState): number {
  return state.sites.size - finalSites(state) + state.tally.cancelled;
}

/** Sites that have an outcome. */
export function finalSites(state: RolloutState): number {
  return state.waves.reduce((sum, wave) => sum + wave.plan.sites.length - wave.running - wave.pending, 0);
}

/** The release that a site is being taken to. @throws Error for a site that goes back and had none. */
export function releaseOf(state: RolloutState, site: SiteState): string {
  if (site.direction === "forward") return state.release;
  if (site.before === undefined) throw new Error(`site ${site.site} has no release to go back to`);
  return site.before.release;
}
