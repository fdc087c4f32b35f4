import { alwaysOpen } from "../fleet/calendar";
import { eventVersion, type RolloutEvent } from "./events";
import type { Plan, PlannedWave } from "./plan";

/**
 * An event as this version reads it, whatever version wrote it. Version 1 knew no gates, windows, failure domains,
 * quorum, deadline, repeats, catch-up and approval, so its plans had none.
 * @throws Error for an event that a newer edgewave wrote.
 */
export function upcast(version: number, event: RolloutEvent): RolloutEvent {
  if (version > eventVersion) {
    throw new Error(`the event is of version ${version}; this edgewave reads up to version ${eventVersion}`);
  }
  if (version > 1 || event.type !== "rollout-started") return event;
  return { ...event, plan: planOfVersion1(event.plan) };
}

/** JSON leaves out what is undefined, and so does `planOfVersion1`: the two compare as equal. */
function planOfVersion1(plan: Plan): Plan {
  return {
    ...planDefaults,
    ...catchUpOf(plan.maxConcurrency),
    ...plan,
    waves: plan.waves.map((wave) => ({ ...waveDefaults, ...wave })),
  };
}

function catchUpOf(maxConcurrency: number): Pick<Plan, "catchUp"> {
  return { catchUp: { maxConcurrency, expireSeconds: undefined, maxHops: 10 } };
}

const planDefaults: Omit<
  Plan,
  "rollout" | "release" | "waves" | "unassigned" | "maxFailures" | "maxConcurrency" | "catchUp"
> = {
  maxDeferred: undefined,
  failureDomains: undefined,
  deadlineSeconds: undefined,
  onFailure: "halt",
  onInconclusive: "hold",
  retry: { limit: 0, backoffSeconds: 30, factor: 2, maxBackoffSeconds: 600, jitterPercent: 20 },
  maintenance: alwaysOpen,
  preStage: false,
};

const waveDefaults: Pick<
  PlannedWave,
  "quorum" | "representation" | "deadlineSeconds" | "approval" | "gates" | "maintenance"
> = {
  quorum: 0,
  representation: [],
  deadlineSeconds: undefined,
  approval: undefined,
  gates: [],
  maintenance: alwaysOpen,
};
