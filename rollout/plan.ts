import type { Architecture, ProfileName } from "../fleet/model";

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
  /** Sites that may run at once, whatever the wave; at least 1. */
  readonly maxConcurrency: number;
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
  /** Seconds between the end of this wave and the start of the next. */
  readonly soakSeconds: number;
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
