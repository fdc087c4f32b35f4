import type { Hold } from "../decide/holds/hold";
import type { GateState, RolloutState } from "../state";

/** A standing answer to "why is it waiting?". */
export interface Why {
  /** The site or wave that was asked for. */
  readonly target: string;
  readonly kind: "site" | "wave" | "rollout" | "unassigned";
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

/** How a rollout has ended, and what can be done then; undefined while it has not. */
export function finishedAnswer(state: RolloutState): Answer | undefined {
  const { finished, halted } = state;
  if (finished === undefined) return undefined;
  const condition = halted === undefined ? `the rollout ended as ${finished.result}` : `halted: ${halted.reason}`;
  return { status: "final", condition, since: finished.at, remedy: waysOn(state).join("; ") || "nothing; it is done" };
}

/** What is owed after the end, the most pressing first. */
function waysOn({ tally, finished, rollback }: RolloutState): string[] {
  const undone = tally.failed + tally.skipped + tally.cancelled;
  const ways: string[] = [];
  if (undone > 0 && finished?.result !== "superseded") {
    ways.push("when the cause is gone: edgewave rollout retry");
    if (tally.succeeded + tally.failed > 0 && rollback === undefined) {
      ways.push("to take back what was changed: edgewave rollout rollback --yes");
    }
  }
  if (tally.deferred > 0) ways.push("when deferred sites have a link again: edgewave rollout catch-up");
  return ways;
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
