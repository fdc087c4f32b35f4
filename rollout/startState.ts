import type { RecordedEvent, RolloutStarted } from "./events";
import { SiteTable } from "./siteTable";
import type { RolloutState, SiteState } from "./state";
import { emptyTally } from "./tally";

/** The state of a run after its first event. */
export function startState(recorded: RecordedEvent): RolloutState {
  const { event } = recorded;
  if (event.type !== "rollout-started") {
    throw new Error(`run ${recorded.run} begins with ${event.type}; it must begin with rollout-started`);
  }
  const sites = sitesOf(event);
  return {
    run: recorded.run,
    fleet: event.fleet,
    rollout: event.rollout,
    release: event.release,
    locked: event.locked,
    plan: event.plan,
    supersedes: event.supersedes,
    startedAt: recorded.at,
    at: recorded.at,
    sequence: recorded.sequence,
    waves: event.plan.waves.map((plan) => ({
      plan,
      startedAt: undefined,
      finishedAt: undefined,
      soak: undefined,
      tally: emptyTally,
      running: 0,
      pending: plan.sites.length,
      offline: plan.sites.filter((site) => sites.get(site)?.frozen.offline !== undefined).length,
      nextPending: 0,
    })),
    sites,
    tally: emptyTally,
    running: 0,
    resumes: 0,
    halted: undefined,
    stopping: undefined,
    interrupted: undefined,
    finished: undefined,
  };
}

function sitesOf(event: RolloutStarted): SiteTable<SiteState> {
  const frozen = new Map(event.sites.map((site) => [site.site, site]));
  const entries = event.plan.waves.flatMap((wave) =>
    wave.sites.map((name): [string, SiteState] => {
      const site = frozen.get(name);
      if (site === undefined) throw new Error(`the plan has site ${JSON.stringify(name)}, the start event does not`);
      return [name, { ...untouchedSite, site: name, wave: wave.name, frozen: site }];
    }),
  );
  return SiteTable.of(entries);
}

/** A site before anything was done to it. */
export const untouchedSite = {
  phase: "pending",
  attempt: 0,
  token: 0,
  startedAt: undefined,
  finishedAt: undefined,
  changedAt: undefined,
  outcome: undefined,
  reason: undefined,
  seconds: 0,
  resources: 0,
  changes: {},
  notes: [],
  promotion: undefined,
} as const;
