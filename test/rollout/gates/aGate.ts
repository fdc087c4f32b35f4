import type { GateOf, GateType, WaveGate } from "../../../fleet/gates";
import { reconnectGate, resolveGates, resolveWaveGates } from "../../../fleet/resolveGates";
import { gatesSchema, waveGatesSchema } from "../../../fleet/schema/gates";

const written: Readonly<Record<Exclude<GateType, "reconnect">, object>> = {
  nodesReady: {},
  fluxReady: {},
  http: { url: "https://gitea.{domain}/" },
  promql: { query: "up", expect: "nonEmpty" },
  command: { command: ["true"] },
  git: {},
  certificates: {},
  soak: { duration: "30m" },
};

/** The simplest gate of a type with every default, but for some fields. */
export function aGate<Type extends GateType>(type: Type, overrides: Partial<GateOf<Type>> = {}): GateOf<Type> {
  const [gate] =
    type === "reconnect"
      ? [reconnectGate(86_400)]
      : resolveGates(gatesSchema.parse([{ type, ...written[type as keyof typeof written] }]));
  return { ...(gate as GateOf<Type>), ...overrides };
}

/** A question to the hub's Prometheus about a wave as a whole. */
export function aWaveGate(overrides: Partial<GateOf<"promql">> = {}): WaveGate {
  const [gate] = resolveWaveGates(waveGatesSchema.parse([{ type: "promql", query: "errors", expect: "< 5" }]));
  return { ...(gate as GateOf<"promql">), ...overrides };
}
