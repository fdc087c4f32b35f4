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

/**
 * How a rollout ended.
 * - `succeeded`: it went through, and no site failed. Sites may be deferred, within the budgets.
 * - `failed`: it went through, with failed sites within the budgets (or none are kept, `onFailure: continue`); or a
 *   rollback could not take every site back.
 * - `halted`: a budget, a gate of a wave, a deadline, a quorum or somebody who asked for a rollback ended it, and what was
 *   done stays.
 * - `aborted`: somebody ended it.
 * - `rolled-back`: every site that was changed and had a release before is back at it.
 * - `superseded`: another run took its place.
 */
export type RolloutResult = "succeeded" | "failed" | "halted" | "aborted" | "rolled-back" | "superseded";

export interface RolloutFinished {
  readonly type: "rollout-finished";
  readonly result: RolloutResult;
}
