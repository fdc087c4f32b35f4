import type { Calendar } from "../../fleet/calendar";
import type { Architecture, ProfileName } from "../../fleet/model";
import type { Plan } from "../plan";

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

export interface DriverResumed {
  readonly type: "driver-resumed";
  readonly host: string;
  readonly pid: number;
  /** Sites that were running when the last driver ended; they are started again. */
  readonly inFlight: readonly string[];
}
