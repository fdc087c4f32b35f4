import { describeExceeded, exceededBudget } from "./budget";
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
  const wave = state.waves.find(({ plan }) => plan.name === site.wave);
  if (wave === undefined) throw new Error(`site ${site.site} is in wave ${site.wave}, which the plan does not have`);
  const waveAnswer = wholeRollout(state) ?? beforeWave(state, wave, now);
  if (waveAnswer !== undefined) return waveAnswer;
  const ahead = wave.plan.sites.indexOf(site.site) - wave.nextPending;
  return {
    status: "waiting",
    condition: `${wave.running} of at most ${wave.plan.maxConcurrency} sites of wave ${wave.plan.name} are running, ${Math.max(0, ahead)} wait before this one`,
    since: wave.startedAt ?? state.at,
    remedy: "it starts when a running site ends; a higher maxConcurrency in the next rollout starts more at once",
  };
}

function whyFinal(state: RolloutState, site: SiteState): Answer {
  const since = site.finishedAt ?? state.at;
  const condition = site.reason === undefined ? `${site.outcome}` : `${site.outcome}: ${site.reason}`;
  const remedies: Partial<Record<NonNullable<SiteState["outcome"]>, string>> = {
    failed: "correct what the reason names and start the rollout again; sites that are done are not run again",
    deferred: "bring the link back, remove `offline` from the site and start the rollout again",
    skipped: "remove the cause of the halt and start the rollout again",
    cancelled: "start the rollout again; it resumes with this site",
  };
  const remedy = site.outcome === undefined ? undefined : remedies[site.outcome];
  return { status: "final", condition, since, remedy: remedy ?? "nothing; it is done" };
}

function whyRunning(state: RolloutState, site: SiteState): Answer {
  const since = site.startedAt ?? state.at;
  if (state.interrupted === undefined && state.stopping === undefined) {
    return { status: "running", condition: `run ${site.attempt} is under way`, since, remedy: "it ends by itself" };
  }
  return {
    status: state.interrupted === undefined ? "running" : "blocked",
    condition: `run ${site.attempt} was asked to stop`,
    since: state.stopping?.at ?? since,
    remedy: "it stops after the step it is in; a resume runs the site again",
  };
}

function whyWave(state: RolloutState, wave: WaveState, now: number): Answer {
  if (wave.finishedAt !== undefined) {
    const { soak } = wave;
    if (soak === undefined || soak.endedAt !== undefined || state.finished !== undefined) {
      return { status: "final", condition: "every site has an outcome", since: wave.finishedAt, remedy: "nothing" };
    }
    return soaking(wave, now);
  }
  const answer = wholeRollout(state) ?? beforeWave(state, wave, now);
  if (answer !== undefined) return answer;
  return {
    status: "running",
    condition: `${wave.running} sites are running, ${wave.pending} wait for them`,
    since: wave.startedAt ?? state.at,
    remedy: "it ends when each site has an outcome",
  };
}

/** What holds every site and wave at once. */
function wholeRollout(state: RolloutState): Answer | undefined {
  const { finished, interrupted, halted, stopping } = state;
  if (finished !== undefined) {
    const condition = halted === undefined ? `the rollout ended as ${finished.result}` : `halted: ${halted.reason}`;
    return { status: "final", condition, since: finished.at, remedy: "start the rollout again" };
  }
  if (interrupted !== undefined) {
    return {
      status: "blocked",
      condition: "the driver was stopped",
      since: interrupted.at,
      remedy: "start the rollout again; it resumes where it stopped",
    };
  }
  if (halted !== undefined) {
    const remedy = "running sites finish; then remove the cause and start the rollout again";
    return { status: "blocked", condition: `halted: ${halted.reason}`, since: halted.at, remedy };
  }
  if (stopping !== undefined) {
    const condition = `the driver is stopping: ${stopping.reason}`;
    return { status: "blocked", condition, since: stopping.at, remedy: "start the rollout again to resume it" };
  }
  const exceeded = exceededBudget(state);
  if (exceeded === undefined) return undefined;
  return { status: "blocked", condition: describeExceeded(exceeded), since: state.at, remedy: "raise the budget" };
}

function beforeWave(state: RolloutState, wave: WaveState, now: number): Answer | undefined {
  if (wave.startedAt !== undefined) return undefined;
  const current = currentWave(state);
  if (current !== undefined && current !== wave) {
    const left = current.running + current.pending;
    return {
      status: "waiting",
      condition: `wave ${current.plan.name} comes first and has ${left} ${left === 1 ? "site" : "sites"} left`,
      since: current.startedAt ?? state.startedAt,
      remedy: `wave ${current.plan.name} has to finish`,
    };
  }
  const before = state.waves[state.waves.indexOf(wave) - 1];
  if (before?.soak !== undefined && before.soak.endedAt === undefined) return soaking(before, now);
  return { status: "waiting", condition: "the wave is about to start", since: state.at, remedy: "it starts by itself" };
}

function soaking(wave: WaveState, now: number): Answer {
  const until = wave.soak?.until ?? now;
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  return {
    status: "waiting",
    condition: `wave ${wave.plan.name} soaks until ${new Date(until).toISOString()}, ${left} s more`,
    since: wave.soak?.from ?? now,
    remedy: "time; a shorter soakSeconds counts from the next rollout on",
  };
}
