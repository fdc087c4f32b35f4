import { describeExceeded, exceededBudget } from "../../budget";
import { type RolloutState, sitesLeft } from "../../state";
import { blocked, type Hold, iso } from "./hold";

/** What holds every start, in the order in which the driver looks at it; undefined if nothing does. */
export function rolloutHold(state: RolloutState, now: number): Hold | undefined {
  return endHold(state) ?? haltHold(state) ?? budgetHold(state) ?? deadlineOfAll(state, now) ?? pauseHold(state);
}

/** What holds a start that even a halt does not hold: of a site that goes back, or whose run was cut off. */
export function unhaltedHold(state: RolloutState): Hold | undefined {
  return endHold(state) ?? pauseHold(state);
}

function endHold(state: RolloutState): Hold | undefined {
  const { aborting, stopping } = state;
  if (stopping !== undefined && sitesLeft(state) > 0) {
    return blocked(
      stopping.at,
      () => `the driver is stopping: ${stopping.reason}`,
      "start the rollout again to resume it",
    );
  }
  if (aborting !== undefined) {
    return blocked(
      aborting.at,
      () => `the rollout is being aborted by ${aborting.by}${because(aborting.reason)}`,
      "nothing; start the rollout again to take its sites up",
    );
  }
  return undefined;
}

function haltHold({ halted }: RolloutState): Hold | undefined {
  if (halted === undefined) return undefined;
  return blocked(
    halted.at,
    () => `halted: ${halted.reason}`,
    "running sites finish; then remove the cause and run: edgewave rollout retry",
  );
}

function pauseHold({ paused }: RolloutState): Hold | undefined {
  if (paused === undefined) return undefined;
  return blocked(
    paused.at,
    () => `the rollout was paused by ${paused.by}${because(paused.reason)}`,
    "edgewave rollout resume",
  );
}

function deadlineOfAll(state: RolloutState, now: number): Hold | undefined {
  const deadline = rolloutDeadline(state);
  if (deadline === undefined || now < deadline) return undefined;
  return blocked(
    deadline,
    () => `the rollout's deadline has passed (${iso(deadline)})`,
    "edgewave rollout retry opens it again for as long",
  );
}

function budgetHold(state: RolloutState): Hold | undefined {
  const exceeded = exceededBudget(state);
  if (exceeded === undefined) return undefined;
  const label = state.plan.failureDomains?.label;
  return blocked(state.at, () => describeExceeded(exceeded, label), "raise the budget, or remove the cause and retry");
}

export function rolloutDeadline({ plan, openedAt }: RolloutState): number | undefined {
  return plan.deadlineSeconds === undefined ? undefined : openedAt + plan.deadlineSeconds * 1000;
}

function because(reason: string | undefined): string {
  return reason === undefined ? "" : `: ${reason}`;
}
