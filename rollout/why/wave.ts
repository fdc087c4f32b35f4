import { rolloutHold } from "../decide/holds/ofRollout";
import { backHold, waveHold } from "../decide/holds/ofWave";
import { pendingSites } from "../decide/starts";
import { isAtItsGates, waveGateStep } from "../decide/waveGates";
import type { RolloutState, SiteState, WaveState } from "../state";
import { type Answer, answerOf, finishedAnswer, interrupted, watchedGate } from "./answer";
import { holdOf, whyGating, whySite } from "./site";

export function whyWave(state: RolloutState, wave: WaveState, now: number): Answer {
  if (wave.finishedAt !== undefined && wave.running + wave.pending === 0) {
    const { soak } = wave;
    if (soak === undefined || soak.endedAt !== undefined || state.finished !== undefined) {
      return { status: "final", condition: "every site has an outcome", since: wave.finishedAt, remedy: "nothing" };
    }
    const left = Math.max(0, Math.ceil((soak.until - now) / 1000));
    const condition = `wave ${wave.plan.name} soaks until ${new Date(soak.until).toISOString()}, ${left} s more`;
    return { status: "waiting", condition, since: soak.from, remedy: "time" };
  }
  const over = finishedAnswer(state) ?? interrupted(state);
  if (over !== undefined) return over;
  if (state.rollback !== undefined && wave.running + wave.pending === 0) {
    const { at, by } = state.rollback;
    const condition = `the rollout is being taken back by ${by}; nothing of this wave is left to go back`;
    return { status: "final", condition, since: at, remedy: "nothing" };
  }
  const hold =
    state.rollback === undefined ? (rolloutHold(state, now) ?? waveHold(state, wave, now)) : backHold(state, wave);
  if (hold !== undefined) return answerOf(hold);
  if (state.rollback === undefined && isAtItsGates(state, wave)) return whyAtItsGates(state, wave);
  if (wave.startedAt === undefined && state.rollback === undefined) {
    return {
      status: "waiting",
      condition: "the wave is about to start",
      since: state.at,
      remedy: "it starts by itself",
    };
  }
  const { running, pending } = wave;
  if (running + pending === 0) {
    const condition = "every site has an outcome, and the wave is about to end";
    return { status: "waiting", condition, since: state.at, remedy: "it goes on by itself" };
  }
  return (
    held(state, wave, now) ?? {
      status: "running",
      condition: `${running} ${running === 1 ? "site is" : "sites are"} in flight, ${pending} wait for them`,
      since: wave.startedAt ?? state.at,
      remedy: "it ends when each site has an outcome",
    }
  );
}

function whyAtItsGates(state: RolloutState, wave: WaveState): Answer {
  const { name } = wave.plan;
  const step = waveGateStep(state, wave);
  if (step.type === "watched") return watchedGate(step.gate);
  if (step.type === "held") {
    const { gate, verdict } = step.gate;
    return {
      status: "blocked",
      condition: `gate ${gate} has no answer: ${verdict?.reason ?? ""}`,
      since: verdict?.at ?? state.at,
      remedy: `look at what it asks, then: edgewave rollout approve ${name} (take it as passed), or edgewave rollout retry ${name} (ask again)`,
    };
  }
  const condition =
    step.type === "check" ? `gate ${step.gate} is about to be asked` : "its gates are about to be decided";
  return { status: "waiting", condition, since: state.at, remedy: "it goes on by itself" };
}

/** A wave of which nothing moves says what its first waiting site waits for, rather one that needs somebody. */
function held(state: RolloutState, wave: WaveState, now: number): Answer | undefined {
  const inFlight = state.inFlight.flatMap((name) => {
    const site = state.sites.get(name);
    return site?.wave === wave.plan.name ? [site] : [];
  });
  if (inFlight.some(({ phase, waiting }) => phase === "running" && waiting === undefined)) return undefined;
  let first: SiteState | undefined;
  for (const site of inFlight) {
    if (site.phase === "gating" && whyGating(state, site).status === "blocked") return ofSite(state, site, now);
    first ??= site;
  }
  for (const site of pendingSites(state, wave)) {
    if (holdOf(state, wave, site, now)?.status === "blocked") return ofSite(state, site, now);
    first ??= site;
  }
  return first && ofSite(state, first, now);
}

function ofSite(state: RolloutState, site: SiteState, now: number): Answer {
  const answer = whySite(state, site, now);
  return { ...answer, condition: `site ${site.site}: ${answer.condition}` };
}
