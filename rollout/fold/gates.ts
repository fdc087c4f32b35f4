import type { GateAccepted, GateAnswered, GateFinished } from "../events";
import type { GateState, SiteState } from "../state";

/** A gate that was looked at before goes on with the time that it has left. */
export function started(site: SiteState, gate: string, at: number): SiteState {
  const fresh: GateState = {
    gate,
    began: at,
    watched: true,
    answer: undefined,
    verdict: undefined,
    acceptedBy: undefined,
  };
  return site.gates.some((other) => other.gate === gate)
    ? withGate(site, gate, (old) => ({ ...old, watched: true }))
    : { ...site, gates: [...site.gates, fresh] };
}

export function answered(site: SiteState, { gate, answer, detail }: GateAnswered, at: number): SiteState {
  return withGate(site, gate, (old) => ({ ...old, answer: { answer, detail, since: at } }));
}

export function finished(site: SiteState, { gate, verdict, reason }: GateFinished, at: number): SiteState {
  return withGate(site, gate, (old) => ({ ...old, watched: false, verdict: { verdict, reason, at } }));
}

export function accepted(site: SiteState, { gate, by }: GateAccepted): SiteState {
  return withGate(site, gate, (old) => ({ ...old, acceptedBy: by }));
}

function withGate(site: SiteState, name: string, change: (gate: GateState) => GateState): SiteState {
  const index = site.gates.findIndex(({ gate }) => gate === name);
  const gate = site.gates[index];
  if (gate === undefined) throw new Error(`gate ${JSON.stringify(name)} of site ${site.site} has not been started`);
  return { ...site, gates: site.gates.with(index, change(gate)) };
}
