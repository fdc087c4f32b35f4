import type { Architecture, ProfileName } from "../fleet/model";
import type { Plan } from "./plan";

/**
 * What can happen in a rollout. The ledger holds nothing else, and everything else is computed from it. Events are
 * plain JSON and never change once written: a new field is optional, a new meaning is a new type or a new version.
 */
export type RolloutEvent =
  | RolloutStarted
  | DriverResumed
  | WaveStarted
  | SiteStarted
  | SitePromoted
  | SiteFinished
  | WaveFinished
  | SoakStarted
  | SoakFinished
  | StopRequested
  | Interrupted
  | RolloutHalted
  | RolloutFinished;

export const eventVersion = 1;

/** An event with its place in the ledger. */
export interface RecordedEvent<E extends RolloutEvent = RolloutEvent> {
  /** The run of the rollout; a rollout that is started anew gets another one. */
  readonly run: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly version: number;
  readonly event: E;
}

/** How a site ended. `deferred` is neither a success nor a failure: the site had no link. */
export type Outcome = "succeeded" | "unchanged" | "failed" | "deferred" | "skipped" | "cancelled" | "rolled-back";

export const outcomes: readonly Outcome[] = [
  "succeeded",
  "unchanged",
  "failed",
  "deferred",
  "skipped",
  "cancelled",
  "rolled-back",
];

export interface RolloutStarted {
  readonly type: "rollout-started";
  readonly fleet: string;
  readonly rollout: string;
  readonly release: string;
  /** Whether the release's image digests are locked. */
  readonly locked: boolean;
  readonly plan: Plan;
  /** Every site of the plan's waves, as it was when the rollout started. */
  readonly sites: readonly FrozenSite[];
  /** The unfinished run of the same rollout that this one replaces, and why it was not resumed. */
  readonly supersedes?: { readonly run: string; readonly reason: string };
}

/** What the ledger keeps of a site, so that a rollout can be told without its fleet. */
export interface FrozenSite {
  readonly site: string;
  readonly profile: ProfileName;
  readonly architecture: Architecture;
  readonly region: string;
  /** Hex SHA-256 of all that decides what the site becomes; see `desiredHash`. */
  readonly desiredHash: string;
  readonly offline?: { readonly reason: string; readonly since: string };
}

export interface DriverResumed {
  readonly type: "driver-resumed";
  readonly host: string;
  readonly pid: number;
  /** Sites that were running when the last driver ended; they are started again. */
  readonly inFlight: readonly string[];
}

export interface WaveStarted {
  readonly type: "wave-started";
  readonly wave: string;
}

export interface SiteStarted {
  readonly type: "site-started";
  readonly site: string;
  /** From 1; grows when a killed or cancelled run of the site is repeated. */
  readonly attempt: number;
  /** Fencing token, grows with every run of the site in any rollout. */
  readonly token: number;
}

export interface SitePromoted {
  readonly type: "site-promoted";
  readonly site: string;
  /** Full commit ids. */
  readonly from: string;
  readonly to: string;
  /** False if the site's branch was there already. */
  readonly moved: boolean;
}

export interface SiteFinished {
  readonly type: "site-finished";
  readonly site: string;
  readonly outcome: Outcome;
  /** For people; always there for an outcome other than `succeeded` and `unchanged`. */
  readonly reason?: string;
  /** Of the engine's run, 0 if there was none. */
  readonly seconds: number;
  readonly resources: number;
  /** By operation, as Pulumi names them. */
  readonly changes: Readonly<Record<string, number>>;
  /** What the runner did beside the run, such as a repair of an interrupted one. */
  readonly notes?: readonly string[];
  /** Of a success: what is compared the next time to find the site unchanged. */
  readonly success?: SiteSuccess;
}

/** The last thing that is known to be true of a site. */
export interface SiteSuccess {
  readonly desiredHash: string;
  readonly release: string;
  /** From `StackRunner.evidence`. */
  readonly evidence: string;
  readonly token: number;
  readonly resources: number;
  /** When the site was last changed, in milliseconds since the epoch; an unchanged site keeps the time it had. */
  readonly changedAt: number;
}

export interface WaveFinished {
  readonly type: "wave-finished";
  readonly wave: string;
}

export interface SoakStarted {
  readonly type: "soak-started";
  readonly wave: string;
  /** Milliseconds since the epoch. A resumed driver keeps to it; the clock does not start anew. */
  readonly until: number;
}

export interface SoakFinished {
  readonly type: "soak-finished";
  readonly wave: string;
}

/** Somebody asked the driver to stop: nothing more is started. */
export interface StopRequested {
  readonly type: "stop-requested";
  readonly reason: string;
}

/** The driver stopped as it was asked to, with nothing running. The rollout can be resumed. */
export interface Interrupted {
  readonly type: "interrupted";
  /** Sites without an outcome that would end the rollout. */
  readonly left: number;
}

/** A budget or a gate ended the rollout; running sites still finish. */
export interface RolloutHalted {
  readonly type: "rollout-halted";
  /** For people. */
  readonly reason: string;
  /** The wave in which it happened. */
  readonly wave?: string;
}

/** `failed`: it went through, with failed sites within the budgets. `superseded`: another run took its place. */
export type RolloutResult = "succeeded" | "failed" | "halted" | "superseded";

export interface RolloutFinished {
  readonly type: "rollout-finished";
  readonly result: RolloutResult;
}
