import { takenUpAgain } from "../startState";
import type { RolloutState, SiteState } from "../state";
import { unwatched } from "./gates";
import { moveSite } from "./parts";

/**
 * What was running died with its driver and what was cancelled was asked to stop: both are to do again. What had been
 * applied stays so, and its gates are looked at again. In a run that has ended all stays as it is.
 */
export function resumed(state: RolloutState): RolloutState {
  const again = state.finished === undefined ? [...state.sites.values()].flatMap((site) => onceMore(site) ?? []) : [];
  const next = again.reduce(moveSite, state);
  return {
    ...next,
    waves: next.waves.map((wave) => (wave.gates.length === 0 ? wave : { ...wave, gates: unwatched(wave.gates) })),
    resumes: state.resumes + 1,
    stopping: undefined,
    interrupted: undefined,
  };
}

function onceMore(site: SiteState): SiteState | undefined {
  // Repeats that were counted before stay counted: a driver that dies in each of them must not repeat for ever.
  if (site.phase === "running" || site.outcome === "cancelled") {
    return { ...takenUpAgain(site), retries: site.retries, cutOff: true, changed: true };
  }
  if (site.phase === "gating") return { ...site, gates: unwatched(site.gates) };
  if (site.staging?.phase === "asking") return { ...site, staging: undefined };
  return undefined;
}
