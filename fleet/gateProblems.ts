import type { Gate, WaveGate } from "./gates";
import type { Hub, ResolvedSite, SourcePosition } from "./model";
import { placeholdersIn } from "./placeholders";
import type { Path, Problem } from "./problem";
import { listOf, quote } from "./quote";
import { reconnectName } from "./resolveGates";

/** Two gates of one list with one name: reports and commands could not tell them apart. */
export function gateNameProblems(gates: readonly Gate[], source: SourcePosition, path: Path): Problem[] {
  const first = new Map<string, number>();
  return gates.flatMap(({ name }, index): Problem[] => {
    const hint = "Give one of the two a name of its own.";
    const at = { code: "EDGE-NAME-002", source, path: [...path, index, "name"], hint } as const;
    if (name === reconnectName) {
      return [{ ...at, message: `gate ${quote(name)} has the name of the gate of sites that catch up` }];
    }
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    return [{ ...at, message: `gate ${quote(name)} is already gate ${earlier + 1} of this list` }];
  });
}

/**
 * Gates that cannot be asked of some of the sites; one problem for each gate and reason, with the sites' names.
 * @param sites those that the rollout or wave selects
 * @param path of the list of gates in its document
 */
export function gateSiteProblems(
  gates: readonly Gate[],
  sites: readonly ResolvedSite[],
  hub: Pick<Hub, "prometheusUrl">,
  source: SourcePosition,
  path: Path,
): Problem[] {
  return gates.flatMap((gate, index): Problem[] => {
    const bySite = new Map<string, string[]>();
    for (const site of sites) {
      for (const reason of gateTargetProblems(gate, site, hub)) {
        bySite.set(reason, [...(bySite.get(reason) ?? []), site.name]);
      }
    }
    return [...bySite].map(([reason, names]) => {
      const message = `gate ${gate.name} cannot be asked of ${listOf(names)}: ${reason}`;
      return { code: "EDGE-GATE-001", source, path: [...path, index], message };
    });
  });
}

/** Gates that no wave could be asked; one problem for each. */
export function waveGateProblems(
  gates: readonly WaveGate[],
  hub: Pick<Hub, "prometheusUrl">,
  source: SourcePosition,
  path: Path,
): Problem[] {
  return gates.flatMap((gate, index): Problem[] => {
    if (gate.type !== "promql" || gate.prometheus !== "hub" || hub.prometheusUrl !== undefined) return [];
    const message = `gate ${gate.name} cannot be asked: fleet.yaml has no hub.prometheusUrl`;
    return [{ code: "EDGE-GATE-002", source, path: [...path, index], message }];
  });
}

/** Why a gate can never be answered at a site, whatever happens there; empty if it can. Sentences without a full stop. */
export function gateTargetProblems(gate: Gate, site: ResolvedSite, hub: Pick<Hub, "prometheusUrl">): string[] {
  return [
    ...(site.target === "render" && asksCluster(gate) ? ["target render has no cluster that could answer it"] : []),
    ...(gate.type === "promql" && gate.prometheus === "hub" && hub.prometheusUrl === undefined
      ? ["fleet.yaml has no hub.prometheusUrl"]
      : []),
    ...(site.network.apiVip === undefined && textsOf(gate).some((text) => placeholdersIn(text).includes("apiVip"))
      ? ["it uses {apiVip}, and there is no network.apiVip"]
      : []),
  ];
}

function asksCluster(gate: Gate): boolean {
  switch (gate.type) {
    case "nodesReady":
    case "fluxReady":
      return true;
    case "promql":
      return gate.prometheus === "site";
    case "certificates":
      return gate.apiServer;
    default:
      return false;
  }
}

/** Every text of a gate in which placeholders stand. */
export function textsOf(gate: Gate): string[] {
  const files = [
    "tokenFile" in gate ? gate.tokenFile : undefined,
    "caFile" in gate ? gate.caFile : undefined,
    gate.type === "git" ? gate.allowedSignersFile : undefined,
  ].filter((file) => file !== undefined);
  switch (gate.type) {
    case "http":
      return [gate.url, ...Object.values(gate.headers), ...files];
    case "promql":
      return [gate.prometheus, gate.query, ...files];
    case "command":
      return [...gate.command, ...Object.values(gate.environment), ...files];
    case "git":
      return [gate.file, ...files];
    case "certificates":
      return [...gate.endpoints, ...files];
    default:
      return files;
  }
}
