import { rollbackOf } from "../decide/rollback";
import type { RolloutRequest } from "../requests";
import type { RolloutState } from "../state";
import { type Answer, events, unknownWave } from "./answer";

/** While sites are in flight the rollout halts first; what was changed goes back once nothing runs any more. */
export function rollback(state: RolloutState, { by, wave, reason }: RolloutRequest & { type: "rollback" }): Answer {
  if (wave !== undefined && !state.waves.some(({ plan }) => plan.name === wave)) {
    return unknownWave(state, wave);
  }
  if (state.rollback !== undefined && state.finished === undefined) return { refused: "a rollback is under way" };
  const told = reason ?? `rollback asked for by ${by}`;
  const planned = rollbackOf(state, { by, reason: told, wave });
  if (state.finished === undefined) {
    if (state.aborting !== undefined) return { refused: "the rollout is being aborted; roll back once it has ended" };
    if (state.halted !== undefined) return { refused: "the rollout is coming to its end; roll back once it is there" };
    const takeBack = { by, ...(wave === undefined ? {} : { wave }) };
    return events([{ type: "rollout-halted", reason: told, ...(wave === undefined ? {} : { wave }), takeBack }]);
  }
  if (state.finished.result === "superseded") return { refused: "another run has taken this one's place" };
  if (planned.sites.length > 0) return events([planned]);
  const stay = planned.without.map(({ site, reason: why }) => `${site}: ${why}`).join("; ");
  return { refused: `no site can go back${stay === "" ? ", because none was changed" : `: ${stay}`}` };
}
