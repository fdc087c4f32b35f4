import type { RolloutState, SiteState, WaveState } from "../state";
import { type Command, start, waitUntil } from "./command";
import { siteHold } from "./holds";

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

/** Sites whose content is to be looked for, the first waves first, so many at once as sites may be in flight. */
export function stagings(state: RolloutState, now: number): Command[] {
  if (!state.plan.preStage) return [];
  let asking = 0;
  const due: Command[] = [];
  const times: (number | undefined)[] = [];
  for (const wave of state.waves) {
    for (const site of pendingSites(state, wave)) {
      const { staging, direction, frozen } = site;
      if (staging?.phase === "present" || direction === "back" || frozen.offline !== undefined) continue;
      if (staging?.phase === "asking") asking += 1;
      else if (staging?.until !== undefined && staging.until > now) times.push(staging.until);
      else due.push({ type: "stage-site", site: site.site });
    }
  }
  const room = Math.max(0, state.plan.maxConcurrency - asking);
  return due.length > 0 && room > 0 ? due.slice(0, room) : waitUntil(times);
}
