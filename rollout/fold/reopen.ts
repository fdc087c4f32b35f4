import type { RollbackStarted, RolloutReopened } from "../events";
import { takenUpAgain } from "../startState";
import type { RolloutState, WaveState } from "../state";
import { moveSite, siteOf } from "./parts";

/**
 * Sites with an outcome are taken up again. Those of a retry go through their waves as before; those of a catch-up are
 * a group of their own. Of a run that had ended, each other wave is over: what it has left undone was skipped. Only a
 * wave that failed at its own gates is asked them again by a retry, or the waves after it would go past them.
 */
export function reopened(state: RolloutState, event: RolloutReopened, at: number): RolloutState {
  const { kind } = event;
  const frozen = new Map((event.frozen ?? []).map((site) => [site.site, site]));
  const before = new Map(Object.entries(event.before ?? {}));
  const moved = event.sites.reduce((next, name) => {
    const site = siteOf(next, name);
    const again = takenUpAgain({ ...site, direction: "forward", catchUp: kind === "catch-up" });
    return moveSite(next, {
      ...again,
      frozen: frozen.get(name) ?? site.frozen,
      before: before.get(name) ?? site.before,
    });
  }, state);
  const again = new Set(kind === "retry" ? event.sites.map((name) => siteOf(state, name).wave) : []);
  return {
    ...moved,
    waves: moved.waves.map((wave, index) => {
      if (!again.has(wave.plan.name)) {
        if (event.waves?.includes(wave.plan.name) === true) return askedAgain(wave);
        return state.finished === undefined ? wave : over(wave, at);
      }
      const before = state.waves[index];
      // A wave that is under way goes on: it has been approved, and its time runs.
      const underWay = before !== undefined && before.finishedAt === undefined && before.running + before.pending > 0;
      return underWay ? wave : { ...askedAgain(wave), startedAt: undefined };
    }),
    openedAt: state.finished === undefined ? state.openedAt : at,
    halted: undefined,
    aborting: undefined,
    rollback: undefined,
    finished: undefined,
  };
}

/** What the wave was asked was of other sites, or of another day. */
function askedAgain(wave: WaveState): WaveState {
  return { ...wave, finishedAt: undefined, soak: undefined, gates: [], gateRound: wave.gateRound + 1 };
}

function over(wave: WaveState, at: number): WaveState {
  const soak = wave.soak && { ...wave.soak, endedAt: wave.soak.endedAt ?? at };
  return { ...wave, finishedAt: wave.finishedAt ?? at, soak };
}

/**
 * The listed sites are taken up again, towards the release that they had; forward they would have to go all of the way
 * once more. An abort of what they go back from is done with.
 */
export function rollbackStarted(state: RolloutState, event: RollbackStarted, at: number): RolloutState {
  const { by, reason, wave, without } = event;
  const moved = event.sites.reduce((next, { site: name }) => {
    const site = siteOf(next, name);
    return moveSite(next, takenUpAgain({ ...site, direction: "back", catchUp: false, hopped: [] }));
  }, state);
  return { ...moved, rollback: { at, by, reason, wave, without }, aborting: undefined, finished: undefined };
}
