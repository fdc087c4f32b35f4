import { alwaysOpen } from "../../../fleet/calendar";
import type { FrozenSite, Outcome, RecordedEvent, RolloutEvent, RolloutStarted } from "../../../rollout/events";
import { eventVersion } from "../../../rollout/events";
import { foldEvents } from "../../../rollout/fold";
import type { Plan, PlannedWave } from "../../../rollout/plan";
import type { RolloutState } from "../../../rollout/state";

/** A wave `all` of sites `a`, `b`, `c`, two at once. */
export function aPlannedWave(overrides: Partial<PlannedWave> = {}): PlannedWave {
  return {
    name: "all",
    canary: false,
    sites: ["a", "b", "c"],
    maxConcurrency: 2,
    maxFailures: undefined,
    maxDeferred: undefined,
    quorum: 0,
    representation: [],
    soakSeconds: 0,
    deadlineSeconds: undefined,
    approval: undefined,
    gates: [],
    maintenance: alwaysOpen,
    ...overrides,
  };
}

/** One wave, nothing limited, two at once. */
export function aPlan(overrides: Partial<Plan> = {}, wave: Partial<PlannedWave> = {}): Plan {
  return {
    rollout: "autumn",
    release: "2026.11.0",
    waves: [aPlannedWave(wave)],
    unassigned: [],
    maxFailures: 3,
    maxDeferred: undefined,
    maxConcurrency: 2,
    failureDomains: undefined,
    deadlineSeconds: undefined,
    onFailure: "halt",
    onInconclusive: "hold",
    retry: { limit: 0, backoffSeconds: 30, factor: 2, maxBackoffSeconds: 600, jitterPercent: 0 },
    maintenance: alwaysOpen,
    catchUp: { maxConcurrency: 1, expireSeconds: undefined, maxHops: 10 },
    preStage: false,
    ...overrides,
  };
}

/** What a run of a plan begins with; every site had release 2026.10.0 before. */
export function startOf(plan: Plan, sites: Readonly<Record<string, Partial<FrozenSite>>> = {}): RolloutStarted {
  const names = plan.waves.flatMap((wave) => wave.sites);
  return {
    type: "rollout-started",
    fleet: "harbours",
    rollout: plan.rollout,
    release: plan.release,
    locked: false,
    plan,
    sites: names.map((site) => ({
      site,
      profile: "micro",
      architecture: "amd64",
      region: "north",
      desiredHash: "hash",
      timeZone: "UTC",
      ...sites[site],
    })),
    before: Object.fromEntries(names.map((site) => [site, { release: "2026.10.0" }])),
  };
}

/** The first event comes at 0, each further one a millisecond later. */
export function recorded(events: readonly RolloutEvent[]): RecordedEvent[] {
  return events.map((event, index) => ({ run: "r", sequence: index + 1, at: index, version: eventVersion, event }));
}

/** The state of a plan after some events. */
export function stateOf(
  plan: Plan,
  events: readonly RolloutEvent[],
  sites: Readonly<Record<string, Partial<FrozenSite>>> = {},
): RolloutState {
  return foldEvents(recorded([startOf(plan, sites), ...events]));
}

export const offline = { offline: { reason: "storm", since: "2026-11-01" } };
export const waveStarted: RolloutEvent = { type: "wave-started", wave: "all" };
export const waveFinished: RolloutEvent = { type: "wave-finished", wave: "all" };
export const resumed: RolloutEvent = { type: "driver-resumed", host: "h", pid: 1, inFlight: [] };
export const halted: RolloutEvent = { type: "rollout-halted", reason: "enough" };

export function started(site: string, attempt = 1): RolloutEvent {
  return { type: "site-started", site, attempt, token: attempt };
}

export function ended(site: string, outcome: Outcome): RolloutEvent {
  return { type: "site-finished", site, outcome, reason: "because", seconds: 1, resources: 0, changes: {} };
}

export function applied(site: string): RolloutEvent {
  return { type: "site-applied", site, seconds: 1, resources: 0, changes: {} };
}
