import type { RecordedEvent, RolloutEvent, SiteFinished, SiteStarted } from "./events";
import { startState, untouchedSite } from "./startState";
import type { RolloutState, SiteState, WaveState } from "./state";
import { counted } from "./tally";

/** The state after all events of one run. @throws Error if there is none or the first one does not start a rollout. */
export function foldEvents(events: readonly RecordedEvent[]): RolloutState {
  const [first, ...rest] = events;
  if (first === undefined) throw new Error("a run without events has no state");
  return rest.reduce(applyEvent, startState(first));
}

/** The state after one more event of the same run. Pure. @throws Error if the event does not follow the last one. */
export function applyEvent(state: RolloutState, recorded: RecordedEvent): RolloutState {
  if (recorded.run !== state.run || recorded.sequence !== state.sequence + 1) {
    throw new Error(
      `event ${recorded.sequence} of run ${recorded.run} does not follow event ${state.sequence} of run ${state.run}`,
    );
  }
  return { ...applied(state, recorded.event, recorded.at), at: recorded.at, sequence: recorded.sequence };
}

function applied(state: RolloutState, event: RolloutEvent, at: number): RolloutState {
  switch (event.type) {
    case "rollout-started":
      throw new Error(`run ${state.run} has a second rollout-started`);
    case "driver-resumed":
      return resumed(state);
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
    case "site-started":
      return siteStarted(state, event, at);
    case "site-promoted": {
      const { from, to, moved } = event;
      const site = siteOf(state, event.site);
      return { ...state, sites: state.sites.with(event.site, { ...site, promotion: { from, to, moved } }) };
    }
    case "site-finished":
      return siteFinished(state, event, at);
    case "stop-requested":
      return { ...state, stopping: { at, reason: event.reason } };
    case "interrupted":
      return { ...state, interrupted: { at, left: event.left } };
    case "rollout-halted":
      return { ...state, halted: { at, reason: event.reason, wave: event.wave } };
    case "rollout-finished":
      return { ...state, finished: { at, result: event.result } };
  }
}

/** What was running died with its driver and what was cancelled was asked to stop: both are to do again. */
function resumed(state: RolloutState): RolloutState {
  let sites = state.sites;
  for (const site of state.sites.values()) {
    if (site.phase !== "running" && site.outcome !== "cancelled") continue;
    sites = sites.with(site.site, {
      ...untouchedSite,
      site: site.site,
      wave: site.wave,
      frozen: site.frozen,
      attempt: site.attempt,
      token: site.token,
      promotion: site.promotion,
    });
  }
  const waves = state.waves.map((wave) => ({
    ...wave,
    pending: wave.pending + wave.running + wave.tally.cancelled,
    running: 0,
    tally: { ...wave.tally, cancelled: 0 },
    nextPending: 0,
  }));
  return {
    ...state,
    sites,
    waves,
    running: 0,
    tally: { ...state.tally, cancelled: 0 },
    resumes: state.resumes + 1,
    stopping: undefined,
    interrupted: undefined,
  };
}

function siteStarted(state: RolloutState, event: SiteStarted, at: number): RolloutState {
  const site = siteOf(state, event.site);
  if (site.phase !== "pending") throw new Error(`site ${event.site} was started while it is ${site.phase}`);
  const sites = state.sites.with(event.site, {
    ...site,
    phase: "running",
    attempt: event.attempt,
    token: event.token,
    startedAt: at,
  });
  const next = withWave({ ...state, sites, running: state.running + 1 }, site.wave, (wave) => ({
    ...wave,
    running: wave.running + 1,
    pending: wave.pending - 1,
  }));
  return skipStarted(next, site.wave);
}

function siteFinished(state: RolloutState, event: SiteFinished, at: number): RolloutState {
  const site = siteOf(state, event.site);
  if (site.phase === "final") throw new Error(`site ${event.site} finished twice`);
  const ran = site.phase === "running" ? 1 : 0;
  const sites = state.sites.with(event.site, {
    ...site,
    phase: "final",
    finishedAt: at,
    // A run without a success may have changed things before it failed.
    changedAt: event.success?.changedAt ?? (ran === 1 ? at : undefined),
    outcome: event.outcome,
    reason: event.reason,
    seconds: event.seconds,
    resources: event.resources,
    changes: event.changes,
    notes: event.notes ?? [],
  });
  const next = withWave(
    { ...state, sites, running: state.running - ran, tally: counted(state.tally, event.outcome, 1) },
    site.wave,
    (wave) => ({
      ...wave,
      running: wave.running - ran,
      pending: wave.pending - (1 - ran),
      offline: wave.offline - (ran === 0 && site.frozen.offline !== undefined ? 1 : 0),
      tally: counted(wave.tally, event.outcome, 1),
    }),
  );
  return skipStarted(next, site.wave);
}

function skipStarted(state: RolloutState, name: string): RolloutState {
  return withWave(state, name, (wave) => {
    let next = wave.nextPending;
    for (; next < wave.plan.sites.length; next += 1) {
      const site = wave.plan.sites[next];
      if (site !== undefined && state.sites.get(site)?.phase === "pending") break;
    }
    return next === wave.nextPending ? wave : { ...wave, nextPending: next };
  });
}

function withWave(state: RolloutState, name: string, change: (wave: WaveState) => WaveState): RolloutState {
  const index = state.waves.findIndex((wave) => wave.plan.name === name);
  const wave = state.waves[index];
  if (wave === undefined) throw new Error(`wave ${JSON.stringify(name)} is not in this rollout`);
  return { ...state, waves: state.waves.with(index, change(wave)) };
}

function siteOf(state: RolloutState, name: string): SiteState {
  const site = state.sites.get(name);
  if (site === undefined) throw new Error(`site ${JSON.stringify(name)} is not in this rollout`);
  return site;
}
