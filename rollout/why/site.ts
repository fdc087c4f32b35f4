import { gateStep } from "../decide/gating";
import type { Hold } from "../decide/holds/hold";
import { rolloutHold, unhaltedHold } from "../decide/holds/ofRollout";
import { siteHold } from "../decide/holds/ofSite";
import { backHold, waveHold } from "../decide/holds/ofWave";
import { placeIn } from "../fold/parts";
import type { RolloutState, SiteState, WaveState } from "../state";
import { type Answer, answerOf, interrupted, watchedGate } from "./answer";

export function whySite(state: RolloutState, site: SiteState, now: number): Answer {
  if (site.phase === "final") return whyFinal(state, site);
  if (site.phase === "running") return whyRunning(state, site);
  if (site.phase === "gating") return whyGating(state, site);
  const wave = state.waves.find(({ plan }) => plan.name === site.wave);
  if (wave === undefined) throw new Error(`site ${site.site} is in wave ${site.wave}, which the plan does not have`);
  const hold = holdOf(state, wave, site, now);
  if (hold === undefined || state.interrupted !== undefined) {
    return interrupted(state) ?? waitsForSlot(state, wave, site);
  }
  return answerOf(hold);
}

/** What keeps the driver from starting a pending site, beside the caps; undefined if nothing does. */
export function holdOf(state: RolloutState, wave: WaveState, site: SiteState, now: number): Hold | undefined {
  if (site.direction === "back") return backHold(state, wave) ?? siteHold(state, wave, site, now);
  // What was cut off is taken up again even after a halt, and in any order.
  const above =
    site.cutOff && state.halted !== undefined
      ? unhaltedHold(state)
      : (rolloutHold(state, now) ?? waveHold(state, wave, now));
  return above ?? siteHold(state, wave, site, now);
}

function waitsForSlot(state: RolloutState, wave: WaveState, site: SiteState): Answer {
  const { plan } = state;
  const full = [
    [wave.running, wave.plan.maxConcurrency, `sites of wave ${wave.plan.name}`] as const,
    [state.running, plan.maxConcurrency, "sites"] as const,
    ...(site.catchUp ? [[state.catchUp.running, plan.catchUp.maxConcurrency, "sites that catch up"] as const] : []),
  ].find(([running, most]) => running >= most);
  const since = wave.startedAt ?? state.at;
  if (full === undefined) {
    return { status: "waiting", condition: "it is about to be started", since, remedy: "it starts by itself" };
  }
  const [running, most, what] = full;
  const ahead = Math.max(0, placeIn(wave.plan, site.site) - wave.nextPending);
  return {
    status: "waiting",
    condition: `${running} of at most ${most} ${what} are in flight, ${ahead} wait before this one`,
    since,
    remedy: "it starts when a site in flight ends; a higher maxConcurrency in the next rollout starts more at once",
  };
}

function whyFinal(state: RolloutState, site: SiteState): Answer {
  const since = site.finishedAt ?? state.at;
  const condition = site.reason === undefined ? `${site.outcome}` : `${site.outcome}: ${site.reason}`;
  const remedies: Partial<Record<NonNullable<SiteState["outcome"]>, string>> = {
    failed: "correct what the reason names, then: edgewave rollout retry",
    deferred: "bring the link back, take `offline` out of the site's file, then: edgewave rollout catch-up",
    skipped: "remove the cause, then: edgewave rollout retry",
    cancelled: "start the rollout again; it resumes with this site",
  };
  const remedy = site.outcome === undefined ? undefined : remedies[site.outcome];
  return { status: "final", condition, since, remedy: remedy ?? "nothing; it is done" };
}

function whyRunning(state: RolloutState, site: SiteState): Answer {
  const since = site.startedAt ?? state.at;
  const asked = state.stopping ?? state.aborting ?? state.interrupted;
  if (asked === undefined && site.waiting !== undefined) {
    const { since: from, reason } = site.waiting;
    return { status: "waiting", condition: `its run waits: ${reason}`, since: from, remedy: "it begins by itself" };
  }
  if (asked === undefined) {
    return { status: "running", condition: `run ${site.attempt} is under way`, since, remedy: "it ends by itself" };
  }
  return {
    status: state.interrupted === undefined ? "running" : "blocked",
    condition: `run ${site.attempt} was asked to stop`,
    since: asked.at,
    remedy: "it stops after the step it is in; a resume runs the site again",
  };
}

export function whyGating(state: RolloutState, site: SiteState): Answer {
  const step = gateStep(state, site);
  const stopped = interrupted(state);
  if (stopped !== undefined) return stopped;
  if (step.type === "held") {
    const { gate, verdict } = step.gate;
    return {
      status: "blocked",
      condition: `gate ${gate} has no answer: ${verdict?.reason ?? ""}`,
      since: verdict?.at ?? state.at,
      remedy: `look at the site, then: edgewave rollout approve ${site.site} (take it as passed), or edgewave rollout retry ${site.site}`,
    };
  }
  if (step.type === "watched") return watchedGate(step.gate);
  const condition =
    step.type === "check" ? `gate ${step.gate} is about to be asked` : "its gates are about to be decided";
  return { status: "waiting", condition, since: state.at, remedy: "it goes on by itself" };
}
