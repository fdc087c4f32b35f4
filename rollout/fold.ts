import type { RecordedEvent, RolloutEvent } from "./events";
import * as gates from "./fold/gates";
import { acceptEvidence, deferralExpired } from "./fold/evidence";
import { reopened, rollbackStarted } from "./fold/reopen";
import { resumed } from "./fold/resume";
import { retryScheduled, siteApplied, siteFinished, siteStarted } from "./fold/runs";
import { withSite, withWave } from "./fold/parts";
import * as staging from "./fold/staging";
import { startState } from "./startState";
import type { RolloutState } from "./state";

/** The state after all events of one run. @throws Error if there is none or the first one does not start a rollout. */
export function foldEvents(events: readonly RecordedEvent[]): RolloutState {
  const [first, ...rest] = events;
  if (first === undefined) throw new Error("a run without events has no state");
  const start = startState(first);
  // Nobody sees the states in between, so the large tables need not be kept for each of them.
  const last = rest.reduce(applyEvent, { ...start, sites: start.sites.draft(), domains: start.domains.draft() });
  return { ...last, sites: last.sites.settled(), domains: last.domains.settled() };
}

/** The state after one more event of the same run. Pure. @throws Error if the event does not follow the last one. */
export function applyEvent(state: RolloutState, recorded: RecordedEvent): RolloutState {
  if (recorded.run !== state.run || recorded.sequence !== state.sequence + 1) {
    throw new Error(
      `event ${recorded.sequence} of run ${recorded.run} does not follow event ${state.sequence} of run ${state.run}`,
    );
  }
  const next = applied(state, recorded.event, recorded.at);
  const { at, sequence } = recorded;
  // What has just been made may still be written to; a copy for two fields would be most of what a large fold costs.
  return next === state ? { ...state, at, sequence } : Object.assign(next, { at, sequence });
}

function applied(state: RolloutState, event: RolloutEvent, at: number): RolloutState {
  switch (event.type) {
    case "rollout-started":
      throw new Error(`run ${state.run} has a second rollout-started`);
    case "driver-resumed":
      return resumed(state);
    case "approved": {
      const { type: _, wave, ...approval } = event;
      return withWave(state, wave, (old) => ({ ...old, approvals: [...old.approvals, { ...approval, at }] }));
    }
    case "wave-started":
      return withWave(state, event.wave, (wave) => ({ ...wave, startedAt: at }));
    case "wave-finished":
      return withWave(state, event.wave, (wave) => ({ ...wave, finishedAt: at }));
    case "soak-started":
      return withWave(state, event.wave, (wave) => ({
        ...wave,
        soak: { from: at, until: event.until, endedAt: undefined },
      }));
    case "soak-finished":
      return withWave(state, event.wave, (wave) => ({ ...wave, soak: wave.soak && { ...wave.soak, endedAt: at } }));
    case "site-staging":
      return staging.asked(state, event, at);
    case "site-staged":
      return staging.answered(state, event, at);
    case "site-started":
      return siteStarted(state, event, at);
    case "site-waiting":
      return withSite(state, event.site, (site) => ({
        ...site,
        waiting: event.reason === undefined ? undefined : { since: at, reason: event.reason },
      }));
    case "site-hopped":
      return withSite(state, event.site, (site) => ({ ...site, hopped: [...site.hopped, event.release] }));
    case "site-promoted": {
      const { from, to, moved } = event;
      return withSite(state, event.site, (site) => ({ ...site, promotion: { from, to, moved } }));
    }
    case "site-applied":
      return siteApplied(state, event, at);
    case "gate-started":
      return withGates(state, event.site, (old) => gates.started(old, event.gate, at));
    case "gate-answered":
      return withGates(state, event.site, (old) => gates.answered(old, event, at));
    case "gate-finished":
      return withGates(state, event.site, (old) => gates.finished(old, event, at));
    case "gate-accepted":
      return withGates(state, event.site, (old) => gates.accepted(old, event));
    case "wave-gate-started":
      return withWaveGates(state, event.wave, (old) => gates.started(old, event.gate, at));
    case "wave-gate-answered":
      return withWaveGates(state, event.wave, (old) => gates.answered(old, event, at));
    case "wave-gate-finished":
      return withWaveGates(state, event.wave, (old) => gates.finished(old, event, at));
    case "wave-gate-accepted":
      return withWaveGates(state, event.wave, (old) => gates.accepted(old, event));
    case "site-retry-scheduled":
      return retryScheduled(state, event);
    case "site-finished":
      return siteFinished(state, event, at);
    case "evidence-recorded":
      return acceptEvidence(state, event, at);
    case "deferral-expired":
      return deferralExpired(state, event.site);
    case "paused":
      return { ...state, paused: { at, by: event.by, reason: event.reason } };
    case "unpaused":
      return { ...state, paused: undefined };
    case "abort-requested":
      return { ...state, aborting: { at, by: event.by, reason: event.reason } };
    case "stop-requested":
      return { ...state, stopping: { at, reason: event.reason } };
    case "interrupted":
      return { ...state, interrupted: { at, left: event.left } };
    case "rollout-halted":
      return { ...state, halted: { at, reason: event.reason, wave: event.wave, takeBack: event.takeBack } };
    case "rollback-started":
      return rollbackStarted(state, event, at);
    case "rollout-reopened":
      return reopened(state, event, at);
    case "rollout-finished":
      return { ...state, finished: { at, result: event.result } };
  }
}

function withGates(state: RolloutState, name: string, change: (old: gates.Gates) => gates.Gates): RolloutState {
  return withSite(state, name, (site) => ({ ...site, gates: change(site.gates) }));
}

function withWaveGates(state: RolloutState, name: string, change: (old: gates.Gates) => gates.Gates): RolloutState {
  return withWave(state, name, (wave) => ({ ...wave, gates: change(wave.gates) }));
}
