import { gateStep } from "../decide/gating";
import { isAtItsGates, waveGateStep } from "../decide/waveGates";
import type { RolloutRequest } from "../requests";
import type { RolloutState } from "../state";
import { type Answer, events, unknown, unknownWave } from "./answer";

export function approveWave(
  state: RolloutState,
  request: RolloutRequest & { type: "approve-wave" },
  now: number,
): Answer {
  const { wave: name, by, expires, signed } = request;
  const wave = state.waves.find(({ plan }) => plan.name === name);
  if (wave === undefined) return unknownWave(state, name);
  if (state.finished !== undefined) {
    const { result } = state.finished;
    const next =
      result === "superseded" ? "" : "; once edgewave rollout retry has opened it again, the wave can be approved";
    return { refused: `the rollout has ended as ${result}, so wave ${name} waits for nobody${next}` };
  }
  const step = isAtItsGates(state, wave) ? waveGateStep(state, wave) : undefined;
  if (step?.type === "held") return events([{ type: "wave-gate-accepted", wave: name, gate: step.gate.gate, by }]);
  const { approval } = wave.plan;
  if (approval === undefined) return { refused: `wave ${name} asks for no approval` };
  if (wave.startedAt !== undefined) return { refused: `wave ${name} has started already` };
  if (expires !== undefined && expires <= now) return { refused: "the approval has expired" };
  if (approval.signed && signed === undefined) {
    return { refused: `wave ${name} asks for signed approvals; give --signing-key, or --signature with --text` };
  }
  return events([
    {
      type: "approved",
      wave: name,
      by,
      ...(expires === undefined ? {} : { expires }),
      ...(signed === undefined ? {} : { signed }),
    },
  ]);
}

export function approveSite(state: RolloutState, name: string, by: string): Answer {
  const site = state.sites.get(name);
  if (site === undefined) return unknown("site", name, []);
  const step = site.phase === "gating" ? gateStep(state, site) : undefined;
  if (step?.type !== "held") return { refused: `no gate holds site ${name}` };
  return events([{ type: "gate-accepted", site: name, gate: step.gate.gate, by }]);
}
