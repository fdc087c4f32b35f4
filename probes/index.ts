import type { GateProbe } from "../rollout/gates/probe";
import { inconclusive } from "./answers";
import { checkCertificates } from "./certificates/check";
import { checkCommand } from "./command";
import { checkFluxReady } from "./fluxReady";
import { checkGit } from "./git";
import { checkHttp } from "./http";
import { checkNodesReady } from "./nodesReady";
import { checkPromql } from "./promql";
import { checkReconnect } from "./reconnect";
import { type ProbeOptions, valuesOf, valuesOfWave } from "./surroundings";

export { createPreStager, type PreStageOptions, type SiteRegistry } from "./preStage/preStager";
export { forwardTo, type Forward, type ForwardTo } from "./kubernetes/forward";
export type { ProbeOptions, SiteKubeconfig } from "./surroundings";

/** Asks every type of gate its question, each check on connections and processes of its own. */
export function createProbe(options: ProbeOptions): GateProbe {
  return {
    check: async (request, signal) => {
      const { gate } = request;
      switch (gate.type) {
        case "nodesReady":
          return await checkNodesReady(gate, request, options, signal);
        case "fluxReady":
          return await checkFluxReady(gate, request, options, signal);
        case "http":
          return await checkHttp(gate, valuesOf(request), options, signal);
        case "promql": {
          const { site, fleet } = request;
          return await checkPromql(gate, { values: valuesOf(request), hub: fleet.hub, site }, options, signal);
        }
        case "command":
          return await checkCommand(gate, valuesOf(request), options, signal);
        case "git":
          return await checkGit(gate, request, options, signal);
        case "certificates":
          return await checkCertificates(gate, request, options, signal);
        case "reconnect":
          return await checkReconnect(request, options, signal);
        case "soak":
          return noOne;
      }
    },
    checkWave: async (request, signal) => {
      const { gate, fleet } = request;
      const values = valuesOfWave(request);
      switch (gate.type) {
        case "http":
          return await checkHttp(gate, values, options, signal);
        case "promql":
          return await checkPromql(gate, { values, hub: fleet.hub, site: undefined }, options, signal);
        case "command":
          return await checkCommand(gate, values, options, signal);
        case "soak":
          return noOne;
      }
    },
  };
}

const noOne = inconclusive("a soak is time that passes; there is nobody to ask");
