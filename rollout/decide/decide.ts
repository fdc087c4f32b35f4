import { describeExceeded, exceededBudget } from "../budget";
import type { RolloutResult } from "../events";
import { unrepresented } from "../representation";
import { currentWave, type RolloutState, type SiteState, sitesLeft, type WaveState } from "../state";
import { type Command, halt, record, waitUntil, withoutRun } from "./command";
import { gatingCommands } from "./gating";
import { rolloutDeadline } from "./holds/ofRollout";
import { waveDeadline, waveHold } from "./holds/ofWave";
import { rollbackOf } from "./rollback";
import { pendingSites, stagings, starts } from "./starts";
import { anyWaveFailed, waveGateCommands } from "./waveGates";

export type { Command } from "./command";

/**
 * What follows from a state. Pure. It looks at the whole state and not at what changed last, so a driver that takes a
 * run over from a killed one decides exactly as the first would have: every input, from the end of a site's run to a
 * request from another process, is an event that has been folded into the state before.
 *
 * All commands of one answer can be carried out together. An answer of no command, or of waits alone, means that the
 * rollout waits for sites in flight, for time or for somebody, or has ended.
 * @param now milliseconds since the epoch.
 */
export function decide(state: RolloutState, now: number): Command[] {
  if (state.finished !== undefined || state.interrupted !== undefined) return [];
  if (state.stopping !== undefined && sitesLeft(state) > 0) return afterStop(state);
  if (state.aborting !== undefined) return afterAbort(state);
  const gating = gatingCommands(state);
  if (gating.some(({ type }) => type === "record")) return gating;
  const next = [...gating, ...onward(state, now)];
  // With all sites done a rollout still comes to its end, unless it waits for time or for somebody.
  const waits = state.stopping !== undefined && next.every(({ type }) => type === "wait");
  return waits ? afterStop(state) : next;
}

function onward(state: RolloutState, now: number): Command[] {
  if (state.rollback !== undefined) return back(state, now);
  const wave = currentWave(state);
  // Deferrals come first: they cost nothing, and their budget has to be known before anything is started.
  if (wave?.startedAt !== undefined && wave.offline > 0) return record(...deferrals(state, wave));
  if (state.halted !== undefined) return afterHalt(state, now);
  const exceeded = exceededBudget(state);
  if (exceeded !== undefined) {
    const reason = describeExceeded(exceeded, state.plan.failureDomains?.label);
    const goesBack = exceeded.kind === "failures" && state.plan.onFailure === "rollback";
    const takeBack = { by: "onFailure: rollback", ...(exceeded.wave === undefined ? {} : { wave: exceeded.wave }) };
    return halt(reason, exceeded.wave ?? wave?.plan.name, goesBack ? takeBack : undefined);
  }
  const late = overdue(state, wave, now);
  if (late !== undefined) return halt(late, wave?.plan.name);
  const next = wave === undefined ? afterWaves(state, now) : inOrBefore(state, wave, now);
  // One that has passed with nothing left to do is waited for no more.
  const deadlines = waitUntil([rolloutDeadline(state), wave && waveDeadline(wave)].filter((at) => (at ?? 0) > now));
  return next.some(({ type }) => type === "record") ? next : [...next, ...deadlines];
}

/** The deadline that has passed while something is left to do, for people. */
function overdue(state: RolloutState, wave: WaveState | undefined, now: number): string | undefined {
  if (now >= (rolloutDeadline(state) ?? Infinity) && sitesLeft(state) > 0) {
    return `the rollout's deadline passed with ${sitesOf(sitesLeft(state))} left`;
  }
  const left = wave === undefined ? 0 : wave.running + wave.pending;
  if (wave === undefined || left === 0 || now < (waveDeadline(wave) ?? Infinity)) return undefined;
  return `the deadline of wave ${wave.plan.name} passed with ${sitesOf(left)} left`;
}

function sitesOf(count: number): string {
  return `${count} ${count === 1 ? "site" : "sites"}`;
}

function inOrBefore(state: RolloutState, wave: WaveState, now: number): Command[] {
  if (state.paused !== undefined) return wave.startedAt !== undefined ? endIfOver(state, wave) : [];
  const staging = stagings(state, now);
  if (wave.startedAt === undefined) return [...staging, ...beforeWave(state, wave, now)];
  const end = endIfOver(state, wave);
  return end.length > 0 ? end : [...staging, ...starts(state, [wave], now)];
}

/** All sites have their turn; what is left are deferred ones that have a link again. */
function afterWaves(state: RolloutState, now: number): Command[] {
  const { pending, running } = state.catchUp;
  if (pending + running > 0) {
    if (state.paused !== undefined) return [];
    return [...stagings(state, now), ...starts(state, state.waves, now)];
  }
  return finish(state.tally.failed > 0 || anyWaveFailed(state) ? "failed" : "succeeded");
}

function finish(result: RolloutResult): Command[] {
  return record({ type: "rollout-finished", result });
}

/**
 * What was never started is skipped, so that each site has an outcome. Running sites finish; and a run that was cut off
 * with its driver is taken up again, because it would have finished too, and a half-applied site is the worst end.
 */
function afterHalt(state: RolloutState, now: number): Command[] {
  const because = state.halted?.reason ?? "";
  const ends = [...state.sites.values()].flatMap((site) => {
    if (site.phase !== "pending" || (site.cutOff && site.notBefore === undefined)) return [];
    return [notAnyMore(site, `the rollout halted before its turn: ${because}`)];
  });
  if (ends.length > 0) return record(...ends);
  if (state.waves.some(({ pending }) => pending > 0)) {
    return state.paused === undefined ? starts(state, state.waves, now) : [];
  }
  if (state.running > 0) return [];
  const { takeBack } = state.halted ?? {};
  if (takeBack === undefined) return finish("halted");
  return record(rollbackOf(state, { ...takeBack, reason: because }));
}

/** Running sites have been asked to stop, and end as cancelled. What was applied already stays as it is. */
function afterAbort(state: RolloutState): Command[] {
  const by = state.aborting?.by ?? "";
  const ends = [...state.sites.values()].flatMap((site) => {
    if (site.phase === "pending") return [notAnyMore(site, `the rollout was aborted by ${by}`)];
    if (site.phase !== "gating" || site.applied === undefined) return [];
    const { success: _, ...applied } = site.applied;
    const reason = `the rollout was aborted by ${by} before its gates had passed`;
    return [{ type: "site-finished" as const, site: site.site, outcome: "cancelled" as const, reason, ...applied }];
  });
  if (ends.length > 0) return record(...ends);
  return state.running > 0 ? [] : finish("aborted");
}

/** The end of a site that will not be started, or not again. */
function notAnyMore(site: SiteState, reason: string) {
  if (site.notBefore !== undefined) return withoutRun(site, "failed", site.reason ?? "its run failed");
  if (site.cutOff) return withoutRun(site, "cancelled", reason);
  // Who was deferred before its turn to catch up came is so still.
  return withoutRun(site, site.catchUp ? "deferred" : "skipped", reason);
}

/** Sites whose gates are looked at stay as they are: a resume goes on looking. */
function afterStop(state: RolloutState): Command[] {
  return state.running > state.gating ? [] : record({ type: "interrupted", left: sitesLeft(state) });
}

/** The last wave goes back first; each has to be back before the one in front of it. */
function back(state: RolloutState, now: number): Command[] {
  const wave = state.waves.findLast(({ running, pending }) => running + pending > 0);
  if (wave === undefined) {
    const taken = [...state.sites.values()].filter(({ direction }) => direction === "back");
    if (taken.length === 0) return finish("halted");
    return finish(taken.every(({ outcome }) => outcome === "rolled-back") ? "rolled-back" : "failed");
  }
  return state.paused === undefined ? starts(state, [wave], now) : [];
}

function beforeWave(state: RolloutState, wave: WaveState, now: number): Command[] {
  const before = state.waves[state.waves.indexOf(wave) - 1];
  const soak = before && soaking(state, before, now);
  if (soak !== undefined) return soak;
  return waveHold(state, wave, now) === undefined ? record({ type: "wave-started", wave: wave.plan.name }) : [];
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
  return now >= soak.until ? record({ type: "soak-finished", wave: plan.name }) : waitUntil([soak.until]);
}

function endIfOver(state: RolloutState, wave: WaveState): Command[] {
  if (wave.pending + wave.running > 0) return [];
  const reason = unrepresented(state, wave);
  if (reason !== undefined) return halt(reason, wave.plan.name);
  return waveGateCommands(state, wave) ?? record({ type: "wave-finished", wave: wave.plan.name });
}

function deferrals(state: RolloutState, wave: WaveState) {
  return [...pendingSites(state, wave)].flatMap((site) => {
    const { offline } = site.frozen;
    if (offline === undefined) return [];
    return [withoutRun(site, "deferred", `no link since ${offline.since}: ${offline.reason}`)];
  });
}
