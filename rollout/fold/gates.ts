import type { GateAccepted, GateAnswered, GateFinished } from "../events";
import type { GateState } from "../state";

/** The gates of a site, or of a wave, after something happened to one of them. */
export type Gates = readonly GateState[];

/** A gate that was looked at before goes on with the time that it has left. */
export function started(gates: Gates, gate: string, at: number): Gates {
  const fresh: GateState = {
    gate,
    began: at,
    watched: true,
    answer: undefined,
    verdict: undefined,
    acceptedBy: undefined,
  };
  return gates.some((other) => other.gate === gate)
    ? withGate(gates, gate, (old) => ({ ...old, watched: true }))
    : [...gates, fresh];
}

type Told<E> = Omit<E, "type" | "site">;

export function answered(gates: Gates, { gate, answer, detail }: Told<GateAnswered>, at: number): Gates {
  return withGate(gates, gate, (old) => ({ ...old, answer: { answer, detail, since: at } }));
}

export function finished(gates: Gates, { gate, verdict, reason }: Told<GateFinished>, at: number): Gates {
  return withGate(gates, gate, (old) => ({ ...old, watched: false, verdict: { verdict, reason, at } }));
}

export function accepted(gates: Gates, { gate, by }: Told<GateAccepted>): Gates {
  return withGate(gates, gate, (old) => ({ ...old, acceptedBy: by }));
}

/** Nobody looks at them any more; what they said stays. */
export function unwatched(gates: Gates): Gates {
  return gates.map((gate) => (gate.watched ? { ...gate, watched: false } : gate));
}

function withGate(gates: Gates, name: string, change: (gate: GateState) => GateState): Gates {
  const index = gates.findIndex(({ gate }) => gate === name);
  const gate = gates[index];
  if (gate === undefined) throw new Error(`gate ${JSON.stringify(name)} has not been started`);
  return gates.with(index, change(gate));
}
