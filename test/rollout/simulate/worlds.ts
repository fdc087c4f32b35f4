import type { Gate } from "../../../fleet/gates";
import type { PlannedWave } from "../../../rollout/plan";
import type { Plan } from "../../../rollout/plan";
import { type Assumptions, usualAssumptions } from "../../../rollout/simulate/behaviour";
import type { RolloutState } from "../../../rollout/state";
import { aPlan, aPlannedWave, stateOf } from "../support/plan";

export function names(count: number, prefix = "s"): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** A canary of two and a wave of the rest, before anything has happened. */
export function aStart(sites: number, plan: Partial<Plan> = {}, wave: Partial<PlannedWave> = {}): RolloutState {
  const waves = [
    aPlannedWave({ name: "canary", canary: true, sites: names(2), ...wave }),
    aPlannedWave({ name: "rest", sites: names(sites).slice(2), maxConcurrency: 5, ...wave }),
  ];
  return stateOf(aPlan({ waves, maxConcurrency: 5, ...plan }), []);
}

export function assumptions(overrides: Partial<Assumptions> = {}): Assumptions {
  return { ...usualAssumptions, ...overrides };
}

const timing = { intervalSeconds: 10, timeoutSeconds: 600, passes: 1, failures: 1, onInconclusive: undefined };

export function aCommandGate(overrides: Partial<Gate> = {}): Gate {
  return { ...timing, name: "works", type: "command", command: ["true"], environment: {}, ...overrides } as Gate;
}

export function aSoakGate(durationSeconds: number): Gate {
  return { ...timing, name: "rest-a-while", type: "soak", durationSeconds, timeoutSeconds: durationSeconds + 60 };
}
