import { stringify } from "yaml";
import type { Calendar } from "../../fleet/calendar";
import type { Amount, Fleet, Release, ResolvedSite, Rollout, Selector } from "../../fleet/model";
import type { FleetFile } from "../../fleet/source/files";

/** The files that a person would write for a fleet, with everything spelt out and no defaults. */
export function fleetFiles(fleet: Fleet): FleetFile[] {
  return [
    { path: "fleet.yaml", text: fleetYaml(fleet) },
    ...fleet.sites.map((site) => ({ path: `sites/${site.name}.yaml`, text: siteYaml(site) })),
    ...fleet.releases.map((release) => ({ path: `releases/${release.name}.yaml`, text: releaseYaml(release) })),
    ...fleet.rollouts.map((rollout) => ({ path: `rollouts/${rollout.name}.yaml`, text: rolloutYaml(rollout) })),
  ];
}

const write = (kind: string, metadata: object, spec: object): string =>
  stringify({ apiVersion: "edgewave.dev/v1alpha1", kind, metadata, spec }, { aliasDuplicateObjects: false });

export function fleetYaml(fleet: Fleet): string {
  return write("Fleet", { name: fleet.name }, { domain: fleet.domain, hub: fleet.hub });
}

export function siteYaml(site: ResolvedSite): string {
  const { nodes, link, network, offline, maintenance } = site;
  const { apiVip, ...others } = network;
  return write(
    "Site",
    { name: site.name, labels: site.labels },
    {
      profile: site.profile,
      architecture: site.architecture,
      region: site.region,
      timeZone: site.timeZone,
      target: site.target,
      ...(offline === undefined ? {} : { offline }),
      ...calendarYaml(maintenance),
      nodes: nodes.map(({ memoryMiB, diskGiB, ...node }) => ({
        ...node,
        memory: `${memoryMiB}Mi`,
        disk: `${diskGiB}Gi`,
      })),
      network: { ...others, ...(apiVip === undefined ? {} : { apiVip }) },
      bastion: site.bastion,
      ssh: site.ssh,
      link: { kind: link.kind, bandwidth: `${link.bandwidthMbit}Mbit`, maxOutage: `${link.maxOutageHours}h` },
      ingestion: site.ingestion,
    },
  );
}

export function releaseYaml({ name, date, kubernetes, kubespray, components }: Release): string {
  return write("Release", { name }, { date, kubernetes, kubespray, components });
}

export function rolloutYaml(rollout: Rollout): string {
  return write(
    "Rollout",
    { name: rollout.name },
    {
      release: rollout.release,
      selector: selectorYaml(rollout.selector),
      maxConcurrency: rollout.maxConcurrency,
      maxFailures: amountYaml(rollout.maxFailures),
      ...(rollout.maxDeferred === undefined ? {} : { maxDeferred: amountYaml(rollout.maxDeferred) }),
      waves: rollout.waves.map((wave) => ({
        name: wave.name,
        canary: wave.canary,
        size: wave.size === "rest" ? "rest" : amountYaml(wave.size),
        selector: selectorYaml(wave.selector),
        ...(wave.maxConcurrency === undefined ? {} : { maxConcurrency: wave.maxConcurrency }),
        ...(wave.maxFailures === undefined ? {} : { maxFailures: amountYaml(wave.maxFailures) }),
        soak: `${wave.soakSeconds}s`,
      })),
    },
  );
}

/** No windows cannot be written: a calendar without them leaves them out. */
function calendarYaml({ windows, exceptions }: Calendar): object {
  if (windows.length === 0 && exceptions.length === 0) return {};
  const days = windows.map(({ days, ...window }) => (days.length === 0 ? window : { days, ...window }));
  return { maintenance: { ...(days.length === 0 ? {} : { windows: days }), exceptions } };
}

const amountYaml = (amount: Amount): number | string => ("count" in amount ? amount.count : `${amount.percent}%`);
const selectorYaml = (selector: Selector): Selector => selector;
