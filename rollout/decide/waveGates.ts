import type { RolloutState, WaveState } from "../state";
import { type Command, halt } from "./command";
import { type GateStep, stepThrough } from "./gating";

/**
 * Where a wave stands with what it is asked as a whole. Of a wave in which no site is at the release there is nothing to
 * ask, and neither is there on the way back: whatever the answer was, the sites would have to go back.
 */
export function waveGateStep({ plan }: RolloutState, { plan: planned, gates, tally }: WaveState): GateStep {
  if (planned.waveGates === undefined || tally.succeeded + tally.unchanged === 0) return { type: "passed" };
  return stepThrough(planned.waveGates, gates, ({ onInconclusive }) => onInconclusive ?? plan.onInconclusive);
}

/** Whether each site of a wave that is under way has an outcome, and the wave as a whole has not passed yet. */
export function isAtItsGates(state: RolloutState, wave: WaveState): boolean {
  const { startedAt, finishedAt, running, pending } = wave;
  const ended = startedAt !== undefined && finishedAt === undefined && running + pending === 0;
  return ended && waveGateStep(state, wave).type !== "passed";
}

/** Names of the sites that a wave's gates are about: those at the release, in the order of their starts. */
export function sitesAtRelease({ sites }: RolloutState, { plan }: WaveState): string[] {
  return plan.sites.filter((name) => {
    const outcome = sites.get(name)?.outcome;
    return outcome === "succeeded" || outcome === "unchanged";
  });
}

/** What the gates of a wave whose sites have ended ask for; undefined lets the wave end. */
export function waveGateCommands(state: RolloutState, wave: WaveState): Command[] | undefined {
  const { name } = wave.plan;
  const step = waveGateStep(state, wave);
  switch (step.type) {
    case "check":
      return [{ type: "check-wave-gate", wave: name, gate: step.gate }];
    case "watched":
    case "held":
      return [];
    case "failed": {
      const { onFailure } = state.plan;
      if (onFailure === "continue") return undefined;
      const takeBack = onFailure === "rollback" ? { by: "onFailure: rollback", wave: name } : undefined;
      return halt(`wave ${name} did not pass: ${step.reason}`, name, takeBack);
    }
    case "passed":
      return undefined;
  }
}

/** Whether a wave did not pass its gates, which marks the result where failures do not halt. */
export function anyWaveFailed(state: RolloutState): boolean {
  return state.waves.some((wave) => wave.finishedAt !== undefined && waveGateStep(state, wave).type === "failed");
}
