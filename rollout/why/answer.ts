import type { Hold } from "../decide/holds/hold";
import type { GateState, RolloutState } from "../state";

/** A standing answer to "why is it waiting?". */
export interface Why {
  /** The site or wave that was asked for. */
  readonly target: string;
  readonly kind: "site" | "wave" | "unassigned";
  /** `waiting` ends by itself; `blocked` needs somebody. */
  readonly status: "final" | "running" | "waiting" | "blocked";
  /** The first condition that is not met, in the order in which the driver looks at them. */
  readonly condition: string;
  /** Milliseconds since the epoch: since when this is so. */
  readonly since: number;
  /** What would change it. */
  readonly remedy: string;
}

export type Answer = Omit<Why, "target" | "kind">;

export function answerOf({ status, condition, since, remedy }: Hold): Answer {
  return { status, condition: condition(), since, remedy };
}

export function finishedAnswer({ finished, halted }: RolloutState): Answer | undefined {
  if (finished === undefined) return undefined;
  const condition = halted === undefined ? `the rollout ended as ${finished.result}` : `halted: ${halted.reason}`;
  return {
    status: "final",
    condition,
    since: finished.at,
    remedy: "start the rollout again, or: edgewave rollout retry",
  };
}

export function interrupted({ interrupted: stopped }: RolloutState): Answer | undefined {
  if (stopped === undefined) return undefined;
  return {
    status: "blocked",
    condition: "the driver was stopped",
    since: stopped.at,
    remedy: "start the rollout again; it resumes where it stopped",
  };
}

/** Of a gate that is looked at. */
export function watchedGate({ gate, answer, began }: GateState): Answer {
  const said = answer === undefined ? "has not answered yet" : `says ${answer.answer}: ${answer.detail}`;
  return {
    status: "waiting",
    condition: `gate ${gate} ${said}`,
    since: answer?.since ?? began,
    remedy: "it is asked again by itself",
  };
}
