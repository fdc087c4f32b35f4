import { currentWave, type RolloutState } from "./state";
import { finishedAnswer, type Why } from "./why/answer";
import { whySite } from "./why/site";
import { whyWave } from "./why/wave";

export type { Why } from "./why/answer";

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

/** How the rollout has ended, and what can be done then; undefined while it has not. */
export function whyEnded(state: RolloutState): Why | undefined {
  const answer = finishedAnswer(state);
  return answer && { target: state.rollout, kind: "rollout", ...answer };
}

/** What the whole rollout waits for: the answer for the wave that is under way; undefined once it has ended. */
export function whyRollout(state: RolloutState, now: number): Why | undefined {
  if (state.finished !== undefined) return undefined;
  const busy = state.waves.findLast(({ running, pending }) => running + pending > 0);
  const wave = state.rollback === undefined ? (currentWave(state) ?? busy) : busy;
  return wave && why(state, wave.plan.name, now);
}
