import { describeExceeded, exceededBudget } from "./budget";
import type { RolloutEvent, SiteFinished } from "./events";
import { currentWave, type RolloutState, type SiteState, sitesLeft, type WaveState } from "./state";

/** What the driver has to do next. */
export type Command =
  /** Nothing in the world: the decision itself is the fact. */
  | { readonly type: "record"; readonly events: readonly RolloutEvent[] }
  | { readonly type: "start-site"; readonly site: string; readonly attempt: number }
  /** Ask again at that time (milliseconds since the epoch), or after the next event if that is earlier. */
  | { readonly type: "wait"; readonly until: number };

/**
 * What follows from a state. Pure. It looks at the whole state and not at what changed last, so a driver that takes a
 * run over from a killed one decides exactly as the first would have: every input, from the end of a site's run to a
 * request from another process, is an event that has been folded into the state before.
 *
 * All commands of one answer can be carried out together. An answer of no command means that the rollout waits for
 * running sites, or has ended.
 * @param now milliseconds since the epoch.
 */
export function decide(state: RolloutState, now: number): Command[] {
  if (state.finished !== undefined || state.interrupted !== undefined) return [];
  if (state.stopping !== undefined && sitesLeft(state) > 0) return afterStop(state);
  const wave = currentWave(state);
  // Deferrals come first: they cost nothing, and their budget has to be known before anything is started.
  if (wave?.startedAt !== undefined && wave.offline > 0) return record(...deferrals(state, wave));
  if (state.halted !== undefined) return afterHalt(state);
  const exceeded = exceededBudget(state);
  if (exceeded !== undefined) return halt(describeExceeded(exceeded), exceeded.wave ?? wave?.plan.name);
  if (wave === undefined) {
    return record({ type: "rollout-finished", result: state.tally.failed > 0 ? "failed" : "succeeded" });
  }
  return wave.startedAt === undefined ? beforeWave(state, wave, now) : inWave(state, wave);
}

function record(...events: readonly RolloutEvent[]): Command[] {
  return [{ type: "record", events }];
}

function halt(reason: string, wave: string | undefined): Command[] {
  return record({ type: "rollout-halted", reason, ...(wave === undefined ? {} : { wave }) });
}

/**
 * What was never started is skipped, so that each site has an outcome. Running sites finish; and a run that was cut off
 * with its driver is taken up again, because it would have finished too, and a half-applied site is the worst end.
 */
function afterHalt(state: RolloutState): Command[] {
  const waiting = [...state.sites.values()].filter((site) => site.phase === "pending");
  const reason = `the rollout halted before its turn: ${state.halted?.reason ?? ""}`;
  const skipped = waiting.filter((site) => site.attempt === 0).map((site) => withoutRun(site, "skipped", reason));
  if (skipped.length > 0) return record(...skipped);
  if (waiting.length > 0) return waiting.slice(0, state.plan.maxConcurrency - state.running).map(start);
  return state.running > 0 ? [] : record({ type: "rollout-finished", result: "halted" });
}

function afterStop(state: RolloutState): Command[] {
  return state.running > 0 ? [] : record({ type: "interrupted", left: sitesLeft(state) });
}

function beforeWave(state: RolloutState, wave: WaveState, now: number): Command[] {
  const before = state.waves[state.waves.indexOf(wave) - 1];
  return (before && soaking(state, before, now)) ?? record({ type: "wave-started", wave: wave.plan.name });
}

/**
 * What the wait after a wave asks for; undefined once it is over. It counts from the last change of any of the wave's
 * sites: what an earlier run brought there long ago has soaked already, and what was done a moment ago has not, even if
 * this run found it unchanged.
 */
function soaking(state: RolloutState, { plan, soak, finishedAt }: WaveState, now: number): Command[] | undefined {
  if (soak?.endedAt !== undefined) return undefined;
  if (soak === undefined) {
    const changes = plan.sites.map((site) => state.sites.get(site)?.changedAt ?? -Infinity);
    const until = changes.reduce((latest, at) => Math.max(latest, at), -Infinity) + plan.soakSeconds * 1000;
    if (plan.soakSeconds <= 0 || until <= (finishedAt ?? now)) return undefined;
    return record({ type: "soak-started", wave: plan.name, until });
  }
  if (now >= soak.until) return record({ type: "soak-finished", wave: plan.name });
  return state.stopping === undefined ? [{ type: "wait", until: soak.until }] : afterStop(state);
}

function inWave(state: RolloutState, wave: WaveState): Command[] {
  if (wave.pending === 0 && wave.running === 0) return endOfWave(state, wave);
  const slots = Math.min(state.plan.maxConcurrency - state.running, wave.plan.maxConcurrency - wave.running);
  return pendingSites(state, wave, slots).map(start);
}

function start(site: SiteState): Command {
  return { type: "start-site", site: site.site, attempt: site.attempt + 1 };
}

function endOfWave(state: RolloutState, wave: WaveState): Command[] {
  const unproven = unprovenCanary(state, wave);
  if (unproven !== undefined) return halt(unproven, wave.plan.name);
  return record({ type: "wave-finished", wave: wave.plan.name });
}

/** A canary of which nothing ran proves nothing; to go on would make the next wave the canary. */
function unprovenCanary(state: RolloutState, wave: WaveState): string | undefined {
  const { canary, sites, name } = wave.plan;
  if (!canary || sites.length === 0 || wave.tally.deferred < sites.length) return undefined;
  const online = [...state.sites.values()].some((site) => site.phase === "pending" && !site.frozen.offline);
  if (!online) return undefined;
  return `every site of canary ${name} was deferred, so nothing has proved the release; name sites that have a link`;
}

function deferrals(state: RolloutState, wave: WaveState): SiteFinished[] {
  return [...pending(state, wave)].flatMap((site) => {
    const { offline } = site.frozen;
    if (offline === undefined) return [];
    return [withoutRun(site, "deferred", `no link since ${offline.since}: ${offline.reason}`)];
  });
}

function pendingSites(state: RolloutState, wave: WaveState, count: number): SiteState[] {
  const found: SiteState[] = [];
  if (count <= 0) return found;
  for (const site of pending(state, wave)) {
    found.push(site);
    if (found.length === count) break;
  }
  return found;
}

function* pending(state: RolloutState, wave: WaveState): IterableIterator<SiteState> {
  for (let index = wave.nextPending; index < wave.plan.sites.length; index += 1) {
    const site = state.sites.get(wave.plan.sites[index] ?? "");
    if (site?.phase === "pending") yield site;
  }
}

function withoutRun(site: SiteState, outcome: "deferred" | "skipped", reason: string): SiteFinished {
  return { type: "site-finished", site: site.site, outcome, reason, seconds: 0, resources: 0, changes: {} };
}
