import type { Calendar } from "../fleet/calendar";
import type { Architecture, ProfileName } from "../fleet/model";
import type { GateAnswer } from "./gates/answer";
import type { Plan } from "./plan";

/**
 * What can happen in a rollout. The ledger holds nothing else, and everything else is computed from it. Events are
 * plain JSON and never change once written: a new field is optional, a new meaning is a new type or a new version.
 */
export type RolloutEvent =
  | RolloutStarted
  | DriverResumed
  | Approved
  | WaveStarted
  | SiteStaging
  | SiteStaged
  | SiteStarted
  | SiteHopped
  | SitePromoted
  | SiteApplied
  | GateStarted
  | GateAnswered
  | GateFinished
  | GateAccepted
  | SiteRetryScheduled
  | SiteFinished
  | EvidenceRecorded
  | DeferralExpired
  | WaveFinished
  | SoakStarted
  | SoakFinished
  | Paused
  | Unpaused
  | AbortRequested
  | StopRequested
  | Interrupted
  | RolloutHalted
  | RollbackStarted
  | RolloutReopened
  | RolloutFinished;

/** Version 1 had no gates, windows, failure domains and the like; `upcast` reads it. */
export const eventVersion = 2;

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
  /** By site, for those that were brought to a release before. */
  readonly before?: Readonly<Record<string, ReleaseBefore>>;
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
  /** Failure domain, if the rollout has any and the site is in one. */
  readonly domain?: string;
  /** Values of the labels that its wave has to represent. */
  readonly traits?: Readonly<Record<string, string>>;
  /** IANA name; absent in runs of version 1. */
  readonly timeZone?: string;
  /** The site's own windows, if it has any. */
  readonly maintenance?: Calendar;
}

/** The release that a site had when the rollout started, and the way from there. */
export interface ReleaseBefore {
  readonly release: string;
  /** Releases to go through on the way, in order; the rollout's own is not among them. */
  readonly hops?: readonly string[];
  /** Why there is no way; the site fails when its turn comes. */
  readonly impassable?: string;
  /** Why a rollback leaves the site where it is. */
  readonly noReturn?: string;
}

/** Somebody lets a wave start. */
export interface Approved {
  readonly type: "approved";
  readonly wave: string;
  /** Who: a login, or the principal of the signature. */
  readonly by: string;
  /** Milliseconds since the epoch; a wave that has not started by then needs another approval. */
  readonly expires?: number;
  /** Text and armoured SSH signature, so that anybody can check the approval without a link. */
  readonly signed?: { readonly text: string; readonly signature: string; readonly fingerprint: string };
}

/** The site's bastion is asked whether it has the release's content. */
export interface SiteStaging {
  readonly type: "site-staging";
  readonly site: string;
}

/** What a bastion said. */
export interface SiteStaged {
  readonly type: "site-staged";
  readonly site: string;
  /** What proves that the content is present; absent if it is not. */
  readonly proof?: string;
  /** For people; what is missing, or why it could not be found out. */
  readonly missing?: string;
  /** When to ask again, if it is not present. */
  readonly until?: number;
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
  /** Where the site is taken if not to the rollout's release: of a rollback. */
  readonly release?: string;
}

/** A release on the way is reached. */
export interface SiteHopped {
  readonly type: "site-hopped";
  readonly site: string;
  readonly release: string;
  readonly success?: SiteSuccess;
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

/** The site's run is done and its gates are next; what `SiteFinished` will say. */
export interface SiteApplied {
  readonly type: "site-applied";
  readonly site: string;
  readonly seconds: number;
  readonly resources: number;
  readonly changes: Readonly<Record<string, number>>;
  readonly notes?: readonly string[];
  readonly success?: SiteSuccess;
}

/** A gate is looked at from now on. A resumed driver starts it again, but its time counts from the first start. */
export interface GateStarted {
  readonly type: "gate-started";
  readonly site: string;
  readonly gate: string;
}

/** A gate's answer is another one than before. */
export interface GateAnswered {
  readonly type: "gate-answered";
  readonly site: string;
  readonly gate: string;
  readonly answer: GateAnswer["answer"];
  readonly detail: string;
}

export interface GateFinished {
  readonly type: "gate-finished";
  readonly site: string;
  readonly gate: string;
  readonly verdict: GateAnswer["answer"];
  /** For people. */
  readonly reason: string;
}

/** Somebody answers for a gate that has no answer of its own. */
export interface GateAccepted {
  readonly type: "gate-accepted";
  readonly site: string;
  readonly gate: string;
  readonly by: string;
}

/** A run failed and is repeated. */
export interface SiteRetryScheduled {
  readonly type: "site-retry-scheduled";
  readonly site: string;
  readonly reason: string;
  /** Milliseconds since the epoch, before which it is not started. */
  readonly until: number;
}

/** What a site told after its run, be it weeks later. */
export interface EvidenceRecorded {
  readonly type: "evidence-recorded";
  readonly site: string;
  readonly result: "pass" | "fail";
  /** For people. */
  readonly detail: string;
  readonly by: string;
}

/** A deferred site is not waited for any longer. */
export interface DeferralExpired {
  readonly type: "deferral-expired";
  readonly site: string;
}

export interface Paused {
  readonly type: "paused";
  readonly by: string;
  readonly reason?: string;
}

export interface Unpaused {
  readonly type: "unpaused";
  readonly by: string;
}

/** Somebody ends the rollout: running sites are asked to stop, and nothing more is started. */
export interface AbortRequested {
  readonly type: "abort-requested";
  readonly by: string;
  readonly reason?: string;
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
  /** What goes back once nothing runs any more; absent: nothing. Without a wave it is all of them. */
  readonly takeBack?: { readonly by: string; readonly wave?: string };
}

/** Sites go back to the release that each of them had, the last wave first. */
export interface RollbackStarted {
  readonly type: "rollback-started";
  readonly by: string;
  readonly reason: string;
  /** The wave that is taken back; absent: all of them. */
  readonly wave?: string;
  readonly sites: readonly { readonly site: string; readonly release: string }[];
  /** Sites that stay as they are, with the reason. */
  readonly without: readonly { readonly site: string; readonly reason: string }[];
}

/** Sites that have an outcome are taken up again, with what was frozen when the run started. */
export interface RolloutReopened {
  readonly type: "rollout-reopened";
  readonly kind: "retry" | "catch-up";
  readonly by: string;
  readonly sites: readonly string[];
  /** Of a catch-up: the sites as they are now. */
  readonly frozen?: readonly FrozenSite[];
  readonly before?: RolloutStarted["before"];
}

/**
 * `failed`: it went through, with failed sites within the budgets. `superseded`: another run took its place.
 * `rolled-back`: every site that was changed is back where it was.
 */
export type RolloutResult = "succeeded" | "failed" | "halted" | "aborted" | "rolled-back" | "superseded";

export interface RolloutFinished {
  readonly type: "rollout-finished";
  readonly result: RolloutResult;
}
