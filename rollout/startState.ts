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
  const domains = Object.keys(event.plan.failureDomains?.domains ?? {});
  return {
    run: recorded.run,
    fleet: event.fleet,
    rollout: event.rollout,
    release: event.release,
    locked: event.locked,
    plan: event.plan,
    supersedes: event.supersedes,
    startedAt: recorded.at,
    openedAt: recorded.at,
    at: recorded.at,
    sequence: recorded.sequence,
    waves: event.plan.waves.map((plan) => ({
      plan,
      startedAt: undefined,
      finishedAt: undefined,
      approvals: [],
      soak: undefined,
      gates: [],
      gateRound: 0,
      tally: emptyTally,
      running: 0,
      pending: plan.sites.length,
      offline: plan.sites.filter((site) => sites.get(site)?.frozen.offline !== undefined).length,
      nextPending: 0,
      nextStaging: 0,
    })),
    sites,
    domains: SiteTable.of(domains.map((domain) => [domain, { tally: emptyTally, running: 0 }])),
    tally: emptyTally,
    running: 0,
    gating: 0,
    inFlight: [],
    catchUp: { pending: 0, running: 0 },
    staging: { asking: 0, missing: [] },
    resumes: 0,
    halted: undefined,
    paused: undefined,
    aborting: undefined,
    rollback: undefined,
    stopping: undefined,
    interrupted: undefined,
    finished: undefined,
  };
}

function sitesOf(event: RolloutStarted): SiteTable<SiteState> {
  const frozen = new Map(event.sites.map((site) => [site.site, site]));
  const before = new Map(Object.entries(event.before ?? {}));
  const entries = event.plan.waves.flatMap((wave) =>
    wave.sites.map((name): [string, SiteState] => {
      const site = frozen.get(name);
      if (site === undefined) throw new Error(`the plan has site ${JSON.stringify(name)}, the start event does not`);
      return [name, { ...untouchedSite, site: name, wave: wave.name, frozen: site, before: before.get(name) }];
    }),
  );
  return SiteTable.of(entries);
}

/** A site before anything was done to it. */
export const untouchedSite = {
  phase: "pending",
  direction: "forward",
  catchUp: false,
  cutOff: false,
  changed: false,
  attempt: 0,
  token: 0,
  retries: 0,
  notBefore: undefined,
  staging: undefined,
  hopped: [],
  startedAt: undefined,
  finishedAt: undefined,
  changedAt: undefined,
  applied: undefined,
  waiting: undefined,
  gates: [],
  outcome: undefined,
  reason: undefined,
  seconds: 0,
  resources: 0,
  changes: {},
  notes: [],
  promotion: undefined,
} as const;

/**
 * A site that is taken up again: what tells who it is, how often it ran, whether that changed it and where its branch is
 * stays, the rest is as before the first run.
 */
export function takenUpAgain(site: SiteState): SiteState {
  const { frozen, before, direction, catchUp, changed, attempt, token, staging, hopped, promotion } = site;
  return {
    ...untouchedSite,
    site: site.site,
    wave: site.wave,
    frozen,
    before,
    direction,
    catchUp,
    changed,
    attempt,
    token,
    // Who was being asked is asked again.
    staging: staging?.phase === "present" ? staging : undefined,
    hopped,
    promotion,
  };
}
