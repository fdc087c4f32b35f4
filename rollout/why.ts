import { gateStep } from "./decide/gating";
import { backHold, type Hold, rolloutHold, siteHold, unhaltedHold, waveHold } from "./decide/holds";
import { pendingSites } from "./decide/starts";
import { placeIn } from "./fold/parts";
import { currentWave, type RolloutState, type SiteState, type WaveState } from "./state";

/** A standing answer to "why is it waiting?". */
export interface Why {
  /** The site or wave that was asked for. */
  readonly target: string;
  readonly kind: "site" | "wave" | "unassigned";
  /** `waiting` ends by itself; `blocked` needs somebody. */
  readonly status: "final" | "running" | "waiting" | "blocked";
  /** The first condition that is not met, in the order in which the driver looks at them. */
  readonly condition: string;
  /** Milliseconds since the epoch: since when this is so. */
  readonly since: number;
  /** What would change it. */
  readonly remedy: string;
}

/**
 * Why a site or wave is where it is. A site is looked for first. Pure, and never without an answer for a name of the
 * plan.
 * @param now milliseconds since the epoch.
 * @returns undefined if the rollout knows neither a site nor a wave of that name.
 */
export function why(state: RolloutState, target: string, now: number): Why | undefined {
  const site = state.sites.get(target);
  if (site !== undefined) return { target, kind: "site", ...whySite(state, site, now) };
  const wave = state.waves.find(({ plan }) => plan.name === target);
  if (wave !== undefined) return { target, kind: "wave", ...whyWave(state, wave, now) };
  const unassigned = state.plan.unassigned.find((entry) => entry.site === target);
  if (unassigned === undefined) return undefined;
  const selected = unassigned.reason === "no-wave";
  return {
    target,
    kind: "unassigned",
    status: "blocked",
    condition: selected ? "no wave of the rollout takes the site" : "the rollout's selector leaves the site out",
    since: state.startedAt,
    remedy: selected ? "add a wave of size `rest`, or widen a wave's selector" : "widen the rollout's selector",
  };
}

type Answer = Omit<Why, "target" | "kind">;

function whySite(state: RolloutState, site: SiteState, now: number): Answer {
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
function holdOf(state: RolloutState, wave: WaveState, site: SiteState, now: number): Hold | undefined {
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

function whyGating(state: RolloutState, site: SiteState): Answer {
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
  if (step.type === "watched") {
    const { gate, answer, began } = step.gate;
    const said = answer === undefined ? "has not answered yet" : `says ${answer.answer}: ${answer.detail}`;
    return {
      status: "waiting",
      condition: `gate ${gate} ${said}`,
      since: answer?.since ?? began,
      remedy: "it is asked again by itself",
    };
  }
  const condition =
    step.type === "check" ? `gate ${step.gate} is about to be asked` : "its gates are about to be decided";
  return { status: "waiting", condition, since: state.at, remedy: "it goes on by itself" };
}

function whyWave(state: RolloutState, wave: WaveState, now: number): Answer {
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
  if (wave.startedAt === undefined && state.rollback === undefined) {
    return {
      status: "waiting",
      condition: "the wave is about to start",
      since: state.at,
      remedy: "it starts by itself",
    };
  }
  return (
    held(state, wave, now) ?? {
      status: "running",
      condition: `${wave.running} sites are in flight, ${wave.pending} wait for them`,
      since: wave.startedAt ?? state.at,
      remedy: "it ends when each site has an outcome",
    }
  );
}

/** A wave of which nothing moves says what its first waiting site waits for, rather one that needs somebody. */
function held(state: RolloutState, wave: WaveState, now: number): Answer | undefined {
  const inFlight = state.inFlight.flatMap((name) => {
    const site = state.sites.get(name);
    return site?.wave === wave.plan.name ? [site] : [];
  });
  if (inFlight.some(({ phase }) => phase === "running")) return undefined;
  let first: SiteState | undefined;
  for (const site of inFlight) {
    if (whyGating(state, site).status === "blocked") return ofSite(state, site, now);
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

function finishedAnswer({ finished, halted }: RolloutState): Answer | undefined {
  if (finished === undefined) return undefined;
  const condition = halted === undefined ? `the rollout ended as ${finished.result}` : `halted: ${halted.reason}`;
  return {
    status: "final",
    condition,
    since: finished.at,
    remedy: "start the rollout again, or: edgewave rollout retry",
  };
}

function interrupted({ interrupted: stopped }: RolloutState): Answer | undefined {
  if (stopped === undefined) return undefined;
  return {
    status: "blocked",
    condition: "the driver was stopped",
    since: stopped.at,
    remedy: "start the rollout again; it resumes where it stopped",
  };
}

function answerOf({ status, condition, since, remedy }: Hold): Answer {
  return { status, condition: condition(), since, remedy };
}

/** What the whole rollout waits for: the answer for the wave that is under way; undefined once it has ended. */
export function whyRollout(state: RolloutState, now: number): Why | undefined {
  if (state.finished !== undefined) return undefined;
  const busy = state.waves.findLast(({ running, pending }) => running + pending > 0);
  const wave = state.rollback === undefined ? (currentWave(state) ?? busy) : busy;
  return wave && why(state, wave.plan.name, now);
}
