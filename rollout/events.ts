import type { RolloutStarted, DriverResumed } from "./events/start";
import type { Approved, WaveStarted, WaveFinished, SoakStarted, SoakFinished } from "./events/waves";
import type {
  SiteStaging,
  SiteStaged,
  SiteStarted,
  SiteWaiting,
  SiteHopped,
  SitePromoted,
  SiteApplied,
  SiteRetryScheduled,
  SiteFinished,
} from "./events/runs";
import type {
  GateAccepted,
  GateAnswered,
  GateFinished,
  GateStarted,
  WaveGateAccepted,
  WaveGateAnswered,
  WaveGateFinished,
  WaveGateStarted,
} from "./events/gates";
import type { EvidenceRecorded, DeferralExpired, RolloutReopened, RollbackStarted } from "./events/later";
import type {
  Paused,
  Unpaused,
  AbortRequested,
  StopRequested,
  Interrupted,
  RolloutHalted,
  RolloutFinished,
} from "./events/ends";

export type * from "./events/start";
export type * from "./events/waves";
export * from "./events/runs";
export type * from "./events/gates";
export type * from "./events/later";
export type * from "./events/ends";

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
  | SiteWaiting
  | SiteHopped
  | SitePromoted
  | SiteApplied
  | GateStarted
  | GateAnswered
  | GateFinished
  | GateAccepted
  | WaveGateStarted
  | WaveGateAnswered
  | WaveGateFinished
  | WaveGateAccepted
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

/**
 * Version 1 had no gates, windows, failure domains and the like; `upcast` reads it. Version 2 had no gates of waves, and
 * did not tell that a site waits for the driver's machine.
 */
export const eventVersion = 3;

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
