import { isToStage, type RolloutState, type SiteState, type WaveState } from "../state";
import { type Command, start, waitUntil } from "./command";
import { siteHold } from "./holds/ofSite";

/**
 * Starts of pending sites in their order, as many as every cap allows: those of the rollout, of the wave, of the catch-up
 * and of each failure domain. A site that is held does not hold those behind it.
 */
export function starts(state: RolloutState, waves: readonly WaveState[], now: number): Command[] {
  let slots = state.plan.maxConcurrency - state.running;
  let slotsOfCatchUp = state.plan.catchUp.maxConcurrency - state.catchUp.running;
  const inDomain = new Map<string, number>();
  const started: Command[] = [];
  const times: (number | undefined)[] = [];
  for (const wave of waves) {
    let slotsOfWave = wave.plan.maxConcurrency - wave.running;
    if (slots <= 0) break;
    if (slotsOfWave <= 0) continue;
    for (const site of pendingSites(state, wave)) {
      if (slots <= 0 || slotsOfWave <= 0) break;
      if (site.catchUp && slotsOfCatchUp <= 0) continue;
      const hold = siteHold(state, wave, site, now);
      if (hold !== undefined) {
        times.push(hold.until);
        continue;
      }
      if (!roomInDomain(state, site, inDomain)) continue;
      started.push(start(site));
      slots -= 1;
      slotsOfWave -= 1;
      if (site.catchUp) slotsOfCatchUp -= 1;
    }
  }
  return started.length > 0 ? started : waitUntil(times);
}

/** Counts the starts of this decision too. */
function roomInDomain(state: RolloutState, { frozen: { domain } }: SiteState, inDomain: Map<string, number>): boolean {
  const most = state.plan.failureDomains?.maxConcurrency;
  if (domain === undefined || most === undefined) return true;
  const more = inDomain.get(domain) ?? 0;
  if ((state.domains.get(domain)?.running ?? 0) + more >= most) return false;
  inDomain.set(domain, more + 1);
  return true;
}

export function* pendingSites(state: RolloutState, wave: WaveState): IterableIterator<SiteState> {
  if (wave.pending === 0) return;
  for (let index = wave.nextPending; index < wave.plan.sites.length; index += 1) {
    const site = state.sites.get(wave.plan.sites[index] ?? "");
    if (site?.phase === "pending") yield site;
  }
}

/**
 * Sites whose content is to be looked for, so many at once as sites may be in flight: first those where it was missing and
 * the time has come to look again, then the others, the first waves first. What was found is not looked at again, so that
 * a decision costs the same however many sites there are.
 */
export function stagings(state: RolloutState, now: number): Command[] {
  const { plan, staging, waves, sites } = state;
  if (!plan.preStage) return [];
  let room = Math.max(0, plan.maxConcurrency - staging.asking);
  const due: Command[] = [];
  const times: number[] = [];
  const take = (site: string) => {
    due.push({ type: "stage-site", site });
    room -= 1;
  };
  for (const name of staging.missing) {
    const until = sites.get(name)?.staging?.until;
    if (until !== undefined && until > now) times.push(until);
    else if (room > 0) take(name);
  }
  for (const { plan: planned, nextStaging } of waves) {
    for (let place = nextStaging; room > 0 && place < planned.sites.length; place += 1) {
      const site = sites.get(planned.sites[place] ?? "");
      if (site !== undefined && isToStage(site)) take(site.site);
    }
  }
  return due.length > 0 ? due : waitUntil(times);
}
