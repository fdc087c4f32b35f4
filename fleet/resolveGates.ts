import {
  type CommandGate,
  comparisons,
  type Gate,
  type GateTiming,
  type GateType,
  type HttpGate,
  type PromqlExpectation,
  type PromqlGate,
  type ReconnectGate,
  type SoakGate,
  type WaveGate,
} from "./gates";
import { gateDefaults, type GateDocument, type GatesDocument, type WaveGatesDocument } from "./schema/gates";

/** The gates of a document in its order, with every default. */
export function resolveGates(document: GatesDocument | undefined): Gate[] {
  return (document ?? []).map(resolveGate);
}

/** The gates of a wave as a whole, in their order, with every default. */
export function resolveWaveGates(document: WaveGatesDocument | undefined): WaveGate[] {
  return (document ?? []).map((gate) => {
    switch (gate.type) {
      case "http":
        return httpGate(gate);
      case "promql":
        return promqlGate(gate, "hub");
      case "command":
        return commandGate(gate);
      case "soak":
        return soakGate(gate);
    }
  });
}

/** Of the gate that no file asks for; no other gate may have it. */
export const reconnectName = "reconnect";
/** Sites report every few minutes at most; asking more often learns nothing. */
const reconnectInterval = 60;

/** The gate that comes before the others of a site that catches up. */
export function reconnectGate(timeoutSeconds: number): ReconnectGate {
  const failures = Math.ceil(timeoutSeconds / reconnectInterval) + 1;
  const timing = { intervalSeconds: reconnectInterval, timeoutSeconds, passes: 1, failures, onInconclusive: undefined };
  return { type: "reconnect", name: reconnectName, ...timing };
}

const names: Readonly<Record<GateType, string>> = {
  nodesReady: "nodes-ready",
  fluxReady: "flux-ready",
  http: "http",
  promql: "promql",
  command: "command",
  git: "git",
  certificates: "certificates",
  soak: "soak",
  reconnect: reconnectName,
};

function resolveGate(gate: GateDocument): Gate {
  switch (gate.type) {
    case "nodesReady":
      return { ...timingOf(gate, true), type: gate.type, minReady: gate.minReady ?? { percent: 100 } };
    case "fluxReady": {
      const { namespaces, includeHelmReleases = true } = gate;
      return { ...timingOf(gate, true), type: gate.type, namespaces, includeHelmReleases };
    }
    case "http":
      return httpGate(gate);
    case "promql":
      return promqlGate(gate, "site");
    case "command":
      return commandGate(gate);
    case "git": {
      const { branch = "status", file = "status.json", allowedSignersFile } = gate;
      return { ...timingOf(gate), type: gate.type, branch, file, allowedSignersFile };
    }
    case "certificates": {
      const { endpoints = [], apiServer = false, renderedFiles = true, margin = 7 * 86_400, caFile } = gate;
      return { ...timingOf(gate), type: gate.type, endpoints, apiServer, renderedFiles, marginSeconds: margin, caFile };
    }
    case "soak":
      return soakGate(gate);
  }
}

type DocumentOf<Type extends GateType> = Extract<GateDocument, { readonly type: Type }>;

function httpGate(gate: DocumentOf<"http">): HttpGate {
  const { url, expectStatus, bodyContains, bodyMatches, headers, tokenFile, caFile } = gate;
  const rest = { url, bodyContains, bodyMatches, headers: headers ?? {}, tokenFile, caFile };
  return { ...timingOf(gate), type: gate.type, expectStatus: expectStatus ?? [{ from: 200, to: 299 }], ...rest };
}

function promqlGate(gate: DocumentOf<"promql">, usual: "site" | "hub"): PromqlGate {
  const { prometheus = usual, query, tokenFile, caFile } = gate;
  const expect = expectationOf(gate.expect);
  return { ...timingOf(gate), type: gate.type, prometheus, query, expect, tokenFile, caFile };
}

function commandGate(gate: DocumentOf<"command">): CommandGate {
  return { ...timingOf(gate), type: gate.type, command: gate.command, environment: gate.environment ?? {} };
}

function soakGate(gate: DocumentOf<"soak">): SoakGate {
  const { duration } = gate;
  const timing = timingOf({ type: gate.type, name: gate.name, timeout: duration });
  return { ...timing, type: gate.type, durationSeconds: duration };
}

type Timed = Pick<GateDocument, "type" | "name"> &
  Partial<Pick<GateDocument & { type: "http" }, "interval" | "timeout" | "passes" | "failures" | "onInconclusive">>;

/** @param converging whether a fail is what is seen on the way to a pass, and says nothing before the timeout. */
function timingOf(gate: Timed, converging = false): GateTiming {
  const { interval = gateDefaults.interval, timeout = gateDefaults.timeout, passes = gateDefaults.passes } = gate;
  const patience = Math.max(gateDefaults.failures, Math.ceil(timeout / interval) + 1);
  return {
    name: gate.name ?? names[gate.type],
    intervalSeconds: interval,
    timeoutSeconds: timeout,
    passes,
    failures: gate.failures ?? (converging ? patience : gateDefaults.failures),
    onInconclusive: gate.onInconclusive,
  };
}

function expectationOf(written: string): PromqlExpectation {
  if (written === "empty" || written === "nonEmpty") return written;
  const operator = [...comparisons].sort((a, b) => b.length - a.length).find((one) => written.startsWith(one));
  if (operator === undefined) throw new TypeError(`${JSON.stringify(written)} is no comparison`);
  return { operator, value: Number(written.slice(operator.length)) };
}
