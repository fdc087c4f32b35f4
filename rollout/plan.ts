import type { Calendar } from "../fleet/calendar";
import type { Gate, OnInconclusive, WaveGate } from "../fleet/gates";
import type { Approval, Architecture, CatchUp, OnFailure, ProfileName, Retry } from "../fleet/model";

/**
 * Which sites a rollout takes, in which waves, under which limits. Plain data: it is printed before anything happens
 * and frozen into the ledger when the rollout starts, so that a later edit of a file cannot change a running rollout.
 */
export interface Plan {
  readonly rollout: string;
  readonly release: string;
  /** In the order in which they are taken; a canary comes first. */
  readonly waves: readonly PlannedWave[];
  /** In order of name; each site of the fleet that is in no wave, with the reason. */
  readonly unassigned: readonly UnassignedSite[];
  /** Failed sites beyond which the rollout halts. */
  readonly maxFailures: number;
  /** Deferred sites beyond which the rollout halts; undefined sets no limit. */
  readonly maxDeferred: number | undefined;
  /** Sites that may be in flight at once, whatever the wave; at least 1. */
  readonly maxConcurrency: number;
  /** Undefined: there are none. */
  readonly failureDomains: FailureDomains | undefined;
  /** Seconds from the start after which nothing more is started; undefined sets no limit. */
  readonly deadlineSeconds: number | undefined;
  readonly onFailure: OnFailure;
  readonly onInconclusive: OnInconclusive;
  readonly retry: Retry;
  /** When sites may be started. */
  readonly maintenance: Calendar;
  readonly catchUp: CatchUp;
  /** Whether a site is started only once its content is proven present. */
  readonly preStage: boolean;
}

export interface FailureDomains {
  readonly label: string;
  /** Sites of one domain that may be in flight at once; undefined sets no limit of the domain's own. */
  readonly maxConcurrency: number | undefined;
  /** By the label's value; of the sites in waves. */
  readonly domains: Readonly<Record<string, DomainLimits>>;
}

export interface DomainLimits {
  readonly sites: number;
  /** Undefined sets no limit of the domain's own. */
  readonly maxFailures: number | undefined;
  readonly maxDeferred: number | undefined;
}

export interface PlannedWave {
  readonly name: string;
  readonly canary: boolean;
  /** Names, in the order in which the sites are started. A wave may be empty. */
  readonly sites: readonly string[];
  /** Never above the rollout's own; at least 1. */
  readonly maxConcurrency: number;
  /** Failed sites of this wave beyond which the rollout halts; undefined sets no limit of the wave's own. */
  readonly maxFailures: number | undefined;
  /** Deferred sites of this wave beyond which the rollout halts; undefined sets no limit of the wave's own. */
  readonly maxDeferred: number | undefined;
  /** Sites of the wave that have to be reached, 0 for none. */
  readonly quorum: number;
  /** Labels of which each value that the wave has must be among the sites that were reached. */
  readonly representation: readonly string[];
  /** Seconds between the end of this wave and the start of the next. */
  readonly soakSeconds: number;
  /** Seconds from the wave's start after which nothing more of it is started; undefined sets no limit. */
  readonly deadlineSeconds: number | undefined;
  /** What has to be said before it starts; undefined asks for nothing. */
  readonly approval: Approval | undefined;
  /** What each site has to pass after its run, in order: the rollout's gates, then the wave's. */
  readonly gates: readonly Gate[];
  /**
   * What the wave as a whole has to pass once each of its sites has an outcome, in order: the rollout's, then the wave's.
   * Absent if there is nothing, as in runs of before there were any.
   */
  readonly waveGates?: readonly WaveGate[];
  /** The wave's own; the rollout's has to be open too. */
  readonly maintenance: Calendar;
}

export interface UnassignedSite {
  readonly site: string;
  /** `not-selected`: the rollout's selector leaves it out. `no-wave`: it is selected, but no wave takes it. */
  readonly reason: "not-selected" | "no-wave";
}

/** The kind of hardware that a wave tries to represent, such as `mini/arm64`. */
export function hardwareClass(site: { readonly profile: ProfileName; readonly architecture: Architecture }): string {
  return `${site.profile}/${site.architecture}`;
}
