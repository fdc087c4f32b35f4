import type { GateOf, GateType } from "../../../fleet/gates";
import { resolveGates } from "../../../fleet/resolveGates";
import { gatesSchema } from "../../../fleet/schema/gates";

const written: Readonly<Record<GateType, object>> = {
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
  const [gate] = resolveGates(gatesSchema.parse([{ type, ...written[type] }]));
  return { ...(gate as GateOf<Type>), ...overrides };
}
