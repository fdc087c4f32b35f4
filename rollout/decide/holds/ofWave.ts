import { currentWave, type RolloutState, type WaveState } from "../../state";
import { blocked, type Hold, iso, waiting } from "./hold";
import { unhaltedHold } from "./ofRollout";

/** What holds a wave that is not its turn, has not been started, or whose time is over; undefined if nothing does. */
export function waveHold(state: RolloutState, wave: WaveState, now: number): Hold | undefined {
  const current = currentWave(state);
  // After the last wave there is nothing but the catch-up, which knows no waves.
  if (current === undefined) return undefined;
  if (current !== wave) return orderHold(state, current);
  if (wave.startedAt !== undefined) return deadlineHold(wave, now);
  const before = state.waves[state.waves.indexOf(wave) - 1];
  if (before?.soak !== undefined && before.soak.endedAt === undefined) return soakHold(before, now);
  return approvalHold(wave, before, state, now);
}

/** What holds the sites of a wave that are to go back; undefined if nothing does. */
export function backHold(state: RolloutState, wave: WaveState): Hold | undefined {
  const first = state.waves.findLast(({ running, pending }) => running + pending > 0);
  return unhaltedHold(state) ?? (first === undefined || first === wave ? undefined : orderHold(state, first));
}

export function waveDeadline({ plan, startedAt }: WaveState): number | undefined {
  return plan.deadlineSeconds === undefined || startedAt === undefined
    ? undefined
    : startedAt + plan.deadlineSeconds * 1000;
}

/** Distinct people whose approval holds at that time. */
export function approvers(wave: WaveState, now: number): string[] {
  const { approval } = wave.plan;
  const valid = wave.approvals.filter(
    ({ expires, signed }) =>
      (expires === undefined || now < expires) && (approval?.signed !== true || signed !== undefined),
  );
  return [...new Set(valid.map(({ by }) => by))];
}

function deadlineHold(wave: WaveState, now: number): Hold | undefined {
  const deadline = waveDeadline(wave);
  // A wave that only waits for its gates starts nothing that could be too late.
  if (deadline === undefined || now < deadline || wave.running + wave.pending === 0) return undefined;
  return blocked(
    deadline,
    () => `the deadline of wave ${wave.plan.name} has passed (${iso(deadline)})`,
    "edgewave rollout retry opens the wave again for as long",
  );
}

function orderHold(state: RolloutState, current: WaveState): Hold {
  const { name } = current.plan;
  const left = current.running + current.pending;
  return waiting(
    current.startedAt ?? state.startedAt,
    () =>
      `wave ${name} comes first and ${left === 0 ? "is at its gates" : `has ${left} ${left === 1 ? "site" : "sites"} left`}`,
    `wave ${name} has to finish; edgewave why ${name} tells what it waits for`,
  );
}

function soakHold({ plan, soak }: WaveState, now: number): Hold | undefined {
  if (soak === undefined) return undefined;
  const left = Math.max(0, Math.ceil((soak.until - now) / 1000));
  return waiting(
    soak.from,
    () => `wave ${plan.name} soaks until ${iso(soak.until)}, ${left} s more`,
    "time; a shorter soak in the file counts from the next rollout on",
    soak.until,
  );
}

function approvalHold(wave: WaveState, before: WaveState | undefined, state: RolloutState, now: number) {
  const { approval, name } = wave.plan;
  // Of a wave in which nothing is left to do there is nothing to approve.
  if (approval === undefined || wave.pending === 0) return undefined;
  const have = approvers(wave, now).length;
  if (have >= approval.count) return undefined;
  const signed = approval.signed ? " signed" : "";
  return blocked(
    before?.soak?.endedAt ?? before?.finishedAt ?? state.openedAt,
    () => `wave ${name} waits for approval: ${have} of ${approval.count}${signed}`,
    `edgewave rollout approve ${name}`,
  );
}
