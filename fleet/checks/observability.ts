import { overridesOf } from "../overrides";
import type { Fleet, Hub, ResolvedSite } from "../model";
import type { Problem } from "../problem";
import type { Check } from "./check";

const gib = 1024 ** 3;
const gibText = (bytes: number): string => `${(bytes / gib).toFixed(1)} GiB`;

/** Metrics and logs fit the profile's disk for as long as they must stay, and what waits for the hub its buffer. */
export const checkObservability: Check = ({ sites, hub, knowledge: { profiles } }) =>
  sites.flatMap((site): Problem[] => {
    const profile = profiles.profileOf(site.profile);
    const { series, logBytesPerSecond, grafana } = site.platform;
    const { maxOutageHours } = site.link;
    const retentionHours = profiles.retentionOf(profile, maxOutageHours);
    const demand = { series, logBytesPerSecond, retentionHours, maxOutageHours };
    const sizing = profiles.observabilitySizing(profile, demand);
    const at = (key: string) => ({ source: site.source, path: ["spec", "platform", key] });
    const problems: Problem[] = [];
    const stores = [
      ["series", sizing.metrics, `${series} series`, "Prometheus' volume"],
      ["logBytesPerSecond", sizing.logs, `${logBytesPerSecond} bytes/s of logs`, "Loki's volume"],
    ] as const;
    for (const [key, { fits, neededBytes, capacityBytes, horizonHours }, what, where] of stores) {
      if (fits) continue;
      const message = `${what} for ${retentionHours} h need ${gibText(neededBytes)}, and ${where} on ${site.profile} takes ${gibText(capacityBytes)}, which is ${horizonHours} h`;
      problems.push({ code: "EDGE-OBS-001", ...at(key), message });
    }
    const { logBuffer } = sizing;
    if (hub?.lokiUrl !== undefined && !logBuffer.fits) {
      const message = `${logBytesPerSecond} bytes/s of logs for an outage of ${maxOutageHours} h need ${gibText(logBuffer.neededBytes)}, and the buffer on ${site.profile} takes ${gibText(logBuffer.capacityBytes)}, which is ${logBuffer.horizonHours} h`;
      problems.push({ code: "EDGE-OBS-002", ...at("logBytesPerSecond"), message });
    }
    if (grafana && !profiles.nodeBudget(profile, { buffer: site.ingestion.buffer, grafana }).fits) {
      problems.push({ code: "EDGE-OBS-004", ...at("grafana"), message: `${site.profile} has no room for Grafana` });
    }
    return problems;
  });

/** Namespace and name of the Secrets by which a site's services log in at the hub. */
export function hubSecrets(hub: Pick<Hub, "objectStore" | "lokiUrl">): readonly (readonly [string, string, string])[] {
  return [
    ...(hub.objectStore === undefined
      ? []
      : ([
          ["monitoring", "thanos-objstore", "objstore.yml"],
          ["velero", "velero-hub", "cloud"],
        ] as const)),
    ...(hub.lokiUrl === undefined ? [] : ([["log-collector", "hub-loki", "user and password"]] as const)),
  ];
}

/**
 * Each site has the Secrets that its services log in at the hub with, among the objects of its overrides. Not among the
 * checks of reading: the command that makes these Secrets reads the fleet too.
 */
export function hubSecretProblems({ sites, overrides, hub }: Pick<Fleet, "sites" | "overrides" | "hub">): Problem[] {
  const wanted = hubSecrets(hub);
  if (wanted.length === 0) return [];
  return sites.flatMap((site) => missingAt(site, wanted, overridesOf(site, overrides)));
}

function missingAt(
  site: ResolvedSite,
  wanted: ReturnType<typeof hubSecrets>,
  overrides: ReturnType<typeof overridesOf>,
): Problem[] {
  const has = (namespace: string, name: string) =>
    overrides.some(({ objects }) =>
      objects.some(
        ({ object: { kind, metadata } }) =>
          kind === "Secret" && metadata.namespace === namespace && metadata.name === name,
      ),
    );
  return wanted
    .filter(([namespace, name]) => !has(namespace, name))
    .map(([namespace, name, keys]) => ({
      code: "EDGE-OBS-003" as const,
      source: site.source,
      path: ["metadata", "name"],
      message: `${site.name} has no Secret ${namespace}/${name} with ${keys}, which the hub of fleet.yaml asks for`,
    }));
}
