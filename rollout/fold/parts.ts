import type { Outcome } from "../events";
import type { PlannedWave } from "../plan";
import { type DomainState, isToStage, type RolloutState, type SiteState, type WaveState } from "../state";
import { counted } from "../tally";

/** Changes one wave. @throws Error for a wave that the rollout does not have. */
export function withWave(state: RolloutState, name: string, change: (wave: WaveState) => WaveState): RolloutState {
  const index = state.waves.findIndex((wave) => wave.plan.name === name);
  const wave = state.waves[index];
  if (wave === undefined) throw new Error(`wave ${JSON.stringify(name)} is not in this rollout`);
  return { ...state, waves: state.waves.with(index, change(wave)) };
}

/** Changes what is known of one site and leaves all counts as they are. @throws Error for an unknown site. */
export function withSite(state: RolloutState, name: string, change: (site: SiteState) => SiteState): RolloutState {
  return { ...state, sites: state.sites.with(name, change(siteOf(state, name))) };
}

export function siteOf(state: RolloutState, name: string): SiteState {
  const site = state.sites.get(name);
  if (site === undefined) throw new Error(`site ${JSON.stringify(name)} is not in this rollout`);
  return site;
}

/**
 * Puts a site in place of what it was, and moves every count with it: those of its wave, of its failure domain and of
 * the rollout. It is the only way in which a site's phase, outcome and domain change.
 */
export function moveSite(state: RolloutState, site: SiteState): RolloutState {
  const old = siteOf(state, site.site);
  const running = inFlight(site) - inFlight(old);
  const sites = state.sites.with(site.site, site);
  return {
    ...state,
    sites,
    waves: movedInWave(state, old, site, sites),
    domains: movedInDomains(state, old, site),
    tally: recounted(state.tally, old.outcome, site.outcome),
    running: state.running + running,
    gating: state.gating + isGating(site) - isGating(old),
    inFlight:
      running === 0
        ? state.inFlight
        : running > 0
          ? [...state.inFlight, site.site]
          : state.inFlight.filter((name) => name !== site.site),
    staging: movedInStaging(state.staging, old, site),
    catchUp: movedInCatchUp(state.catchUp, old, site),
  };
}

function movedInCatchUp(catchUp: RolloutState["catchUp"], old: SiteState, site: SiteState): RolloutState["catchUp"] {
  if (!site.catchUp && !old.catchUp) return catchUp;
  return {
    pending: catchUp.pending + (site.catchUp ? isPending(site) : 0) - (old.catchUp ? isPending(old) : 0),
    running: catchUp.running + (site.catchUp ? inFlight(site) : 0) - (old.catchUp ? inFlight(old) : 0),
  };
}

function movedInWave({ waves, plan }: RolloutState, old: SiteState, site: SiteState, sites: RolloutState["sites"]) {
  const index = waves.findIndex(({ plan }) => plan.name === site.wave);
  const wave = waves[index];
  if (wave === undefined) throw new Error(`wave ${JSON.stringify(site.wave)} is not in this rollout`);
  const pending = isPending(site) - isPending(old);
  const next = {
    ...wave,
    tally: recounted(wave.tally, old.outcome, site.outcome),
    running: wave.running + inFlight(site) - inFlight(old),
    pending: wave.pending + pending,
    offline: wave.offline + isOffline(site) - isOffline(old),
    // A site that is pending again may stand before those that are.
    nextPending: pending > 0 ? Math.min(wave.nextPending, placeIn(wave.plan, site.site)) : wave.nextPending,
    nextStaging:
      isToStage(site) && !isToStage(old) ? Math.min(wave.nextStaging, placeIn(wave.plan, site.site)) : wave.nextStaging,
  };
  return waves.with(index, {
    ...next,
    nextPending: firstFrom(next.nextPending, wave.plan, sites, isPending),
    // Nobody asks for it otherwise, and a large fold would pay for it.
    nextStaging: plan.preStage ? firstFrom(next.nextStaging, wave.plan, sites, isToStage) : 0,
  });
}

function movedInStaging(staging: RolloutState["staging"], old: SiteState, site: SiteState): RolloutState["staging"] {
  const asking = isStaging(site, "asking") - isStaging(old, "asking");
  const missing = isStaging(site, "missing") - isStaging(old, "missing");
  if (asking === 0 && missing === 0) return staging;
  const { missing: names } = staging;
  return {
    asking: staging.asking + asking,
    missing: missing === 0 ? names : missing > 0 ? [...names, site.site] : names.filter((name) => name !== site.site),
  };
}

/** What a catch-up freezes anew may be in another domain than before. */
function movedInDomains({ domains }: RolloutState, old: SiteState, site: SiteState): RolloutState["domains"] {
  const [from, to] = [old.frozen.domain, site.frozen.domain];
  if (from === to) {
    return inDomain(domains, to, (domain) => ({
      tally: recounted(domain.tally, old.outcome, site.outcome),
      running: domain.running + inFlight(site) - inFlight(old),
    }));
  }
  const left = inDomain(domains, from, (domain) => ({
    tally: recounted(domain.tally, old.outcome, undefined),
    running: domain.running - inFlight(old),
  }));
  return inDomain(left, to, (domain) => ({
    tally: recounted(domain.tally, undefined, site.outcome),
    running: domain.running + inFlight(site),
  }));
}

function inDomain(
  domains: RolloutState["domains"],
  name: string | undefined,
  change: (domain: DomainState) => DomainState,
): RolloutState["domains"] {
  const domain = name === undefined ? undefined : domains.get(name);
  return name === undefined || domain === undefined ? domains : domains.with(name, change(domain));
}

/** Places by site, made once for a wave of a plan: to look for each would cost the square of the wave. */
const places = new WeakMap<PlannedWave, ReadonlyMap<string, number>>();

/** Position of a site in the order of its wave. */
export function placeIn(wave: PlannedWave, site: string): number {
  const known = places.get(wave) ?? new Map(wave.sites.map((name, index) => [name, index]));
  places.set(wave, known);
  return known.get(site) ?? wave.sites.length;
}

const isPending = ({ phase }: SiteState): number => (phase === "pending" ? 1 : 0);
const isStaging = ({ phase, direction, staging }: SiteState, what: "asking" | "missing"): number =>
  phase === "pending" && direction === "forward" && staging?.phase === what ? 1 : 0;
const isGating = ({ phase }: SiteState): number => (phase === "gating" ? 1 : 0);
const inFlight = ({ phase }: SiteState): number => (phase === "running" || phase === "gating" ? 1 : 0);
const isOffline = (site: SiteState): number =>
  site.phase === "pending" && site.direction === "forward" && site.frozen.offline !== undefined ? 1 : 0;

function recounted(tally: RolloutState["tally"], from: Outcome | undefined, to: Outcome | undefined) {
  if (from === to) return tally;
  const without = from === undefined ? tally : counted(tally, from, -1);
  return to === undefined ? without : counted(without, to, 1);
}

/** Place of the first site from there on of which that is so; the wave's length if there is none. */
function firstFrom(
  from: number,
  { sites: names }: PlannedWave,
  sites: RolloutState["sites"],
  is: (site: SiteState) => number | boolean,
): number {
  for (let place = from; place < names.length; place += 1) {
    const site = sites.get(names[place] ?? "");
    if (site !== undefined && is(site)) return place;
  }
  return names.length;
}
