import type { Knowledge } from "../knowledge";
import type { Hub, Release, ResolvedSite, Rollout, SourcePosition } from "../model";
import type { Override } from "../overrides";
import type { Problem } from "../problem";

/** A document's name as written, whether or not the rest of the document is valid. */
export interface NamedDocument {
  readonly kind: string;
  readonly name: string;
  readonly source: SourcePosition;
}

/** What checks look at: everything that has the right shape, in order of file and line. */
export interface CheckContext {
  readonly sites: readonly ResolvedSite[];
  readonly releases: readonly Release[];
  readonly rollouts: readonly Rollout[];
  readonly overrides: readonly Override[];
  readonly named: readonly NamedDocument[];
  /** Files, such as `sites/porto`, in which something could not be read: what they are named after may be in them. */
  readonly unread: ReadonlySet<string>;
  /** Releases whose lock could not be read, or was not: nothing is said of what it lacks. */
  readonly unreadLocks: ReadonlySet<string>;
  /** False while some site could not be read: then nothing is said of what is missing from the fleet. */
  readonly sitesComplete: boolean;
  /** Undefined while the fleet's own document cannot be read. */
  readonly hub: Hub | undefined;
  readonly knowledge: Knowledge;
}

/** Looks at one concern and returns all of its problems. Pure: it reads nothing and changes nothing. */
export type Check = (context: CheckContext) => Problem[];
