import type { Calendar } from "../calendar";
import type { Gate, OnInconclusive, WaveGate } from "../gates";
import type { ProfileName, SourcePosition } from "./words";

/** A number of sites, or a share of them that is rounded up. */
export type Amount = { readonly count: number } | { readonly percent: number };

export interface Selector {
  /** Empty lists and an empty object select every site; all parts must match. */
  readonly names: readonly string[];
  readonly regions: readonly string[];
  readonly profiles: readonly ProfileName[];
  readonly matchLabels: Readonly<Record<string, string>>;
  /** As in Kubernetes label selectors; all must hold. */
  readonly matchExpressions: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /** Empty for `Exists` and `DoesNotExist`. */
  readonly values: readonly string[];
}

export interface Rollout {
  readonly name: string;
  readonly release: string;
  readonly selector: Selector;
  /** In order; the first one may be the canary. */
  readonly waves: readonly WaveRule[];
  /** Sites that may be in flight at once. */
  readonly maxConcurrency: number;
  /** Failed sites that halt the rollout once exceeded. */
  readonly maxFailures: Amount;
  /** Deferred sites that halt the rollout once exceeded; undefined sets no limit. */
  readonly maxDeferred: Amount | undefined;
  /** Limits for sites that share a fate, such as an uplink; undefined sets none. */
  readonly failureDomain: FailureDomain | undefined;
  /** Seconds from the start after which nothing more is started; undefined sets no limit. */
  readonly deadlineSeconds: number | undefined;
  /** What an exceeded budget of failures does. */
  readonly onFailure: OnFailure;
  /** What a gate without an answer does after its timeout, unless the gate says otherwise. */
  readonly onInconclusive: OnInconclusive;
  readonly retry: Retry;
  /** What each site has to pass between "applied" and "done", in order; waves may add to it. */
  readonly gates: readonly Gate[];
  /** What each wave as a whole has to pass once its sites have ended, in order; waves may add to it. */
  readonly waveGates: readonly WaveGate[];
  /** When sites may be started. */
  readonly maintenance: Calendar;
  readonly catchUp: CatchUp;
  /** Whether a site is started only once its content is proven present at its bastion. */
  readonly preStage: boolean;
  readonly source: SourcePosition;
}

/** `halt`: nothing more is started. `rollback`: then what was changed goes back. `continue`: budgets only mark the result. */
export type OnFailure = "halt" | "rollback" | "continue";

export interface FailureDomain {
  /** Label, or `region`, `profile` or `architecture`; sites without the label are in no domain. */
  readonly label: string;
  readonly maxConcurrency: number | undefined;
  readonly maxFailures: Amount | undefined;
  readonly maxDeferred: Amount | undefined;
}

/** A failed run of a site is repeated; a failed gate is not. */
export interface Retry {
  /** Repeats of one site's run. */
  readonly limit: number;
  /** Seconds before the first repeat; each further wait is `factor` times the last, at most `maxBackoffSeconds`. */
  readonly backoffSeconds: number;
  readonly factor: number;
  readonly maxBackoffSeconds: number;
  /** Percent by which a wait is made longer or shorter, so that sites that failed together do not return together. */
  readonly jitterPercent: number;
}

/** Rules for deferred sites that have a link again. */
export interface CatchUp {
  readonly maxConcurrency: number;
  /** Seconds after its deferral that a site is still waited for; undefined is for ever. */
  readonly expireSeconds: number | undefined;
  /** Releases that a site may be taken through on its way, the last included. */
  readonly maxHops: number;
  /** Seconds that the gate `reconnect` of a site waits for an answer; undefined, as in older plans, leaves that gate out. */
  readonly verifySeconds?: number | undefined;
}

export interface WaveRule {
  readonly name: string;
  readonly canary: boolean;
  /** How the wave takes sites from those that no earlier wave has. */
  readonly size: WaveSize;
  readonly selector: Selector;
  /** Undefined is the rollout's own limit. */
  readonly maxConcurrency: number | undefined;
  /** 0 for a canary unless the file says otherwise; undefined sets no limit of the wave's own. */
  readonly maxFailures: Amount | undefined;
  readonly maxDeferred: Amount | undefined;
  /** Sites that have to be reached for the wave to count; undefined asks for none. */
  readonly quorum: Amount | undefined;
  /** Labels (or `region`, `profile`, `architecture`) of which each value has to be reached. */
  readonly representation: readonly string[];
  /** Seconds to wait after the wave before the next one starts. */
  readonly soakSeconds: number;
  /** Seconds from the wave's start after which nothing more of it is started; undefined sets no limit. */
  readonly deadlineSeconds: number | undefined;
  /** What somebody has to say before the wave starts; undefined asks for nothing. */
  readonly approval: Approval | undefined;
  /** After the rollout's own. */
  readonly gates: readonly Gate[];
  /** After the rollout's own. */
  readonly waveGates: readonly WaveGate[];
  /** Beside the rollout's own: both have to be open. */
  readonly maintenance: Calendar;
}

export interface Approval {
  /** People who have to approve. */
  readonly count: number;
  /** Whether an approval counts only with an SSH signature by one of the allowed signers. */
  readonly signed: boolean;
}

/**
 * An amount (a percentage is of all selected sites), `rest`, waves that grow, or a wave for each value of a label. The
 * last two stand for several waves, named after the rule with a number or the value behind.
 */
export type WaveSize = Amount | "rest" | Exponential | { readonly groupBy: string; readonly order: readonly string[] };

/** The first wave takes `start` sites, each further one `factor` times as many, at most `max`, until none is left. */
export interface Exponential {
  readonly start: number;
  readonly factor: number;
  readonly max: number | undefined;
}
