import { stringify } from "yaml";
import type {
  Amount,
  Fleet,
  PackageTrust,
  Release,
  ResolvedSite,
  Rollout,
  Selector,
  WaveSize,
} from "../../fleet/model";

import type { Calendar } from "../../fleet/calendar";
import type { FleetFile } from "../../fleet/source/files";

/** The files that a person would write for a fleet, with everything spelt out and no defaults. */
export function fleetFiles(fleet: Fleet): FleetFile[] {
  return [
    { path: "fleet.yaml", text: fleetYaml(fleet) },
    ...fleet.sites.map((site) => ({ path: `sites/${site.name}.yaml`, text: siteYaml(site) })),
    ...fleet.releases.map((release) => ({ path: `releases/${release.name}.yaml`, text: releaseYaml(release) })),
    ...fleet.releases.flatMap(({ name, lock }) =>
      lock === undefined ? [] : [{ path: lockPath(name), text: JSON.stringify({ ...lockFrame, ...lock }) }],
    ),
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
      bastion: { ...site.bastion, packages: packagesYaml(site.bastion.packages) },
      ...(site.identity && { identity: given({ ...site.identity }) }),
      ssh: site.ssh,
      link: { kind: link.kind, bandwidth: `${link.bandwidthMbit}Mbit`, maxOutage: `${link.maxOutageHours}h` },
      ingestion: site.ingestion,
    },
  );
}

function packagesYaml(packages: PackageTrust): object {
  return packages.by === "key" ? { trust: "key", key: packages.key } : { trust: packages.by };
}

export function releaseYaml({ name, date, kubernetes, kubespray, components, lock }: Release): string {
  const locked = lock === undefined ? {} : { lock: `${name}.lock.json` };
  return write("Release", { name }, { date, kubernetes, kubespray, components, ...locked });
}

const lockPath = (release: string): string => `releases/${release}.lock.json`;
const lockFrame = { apiVersion: "edgewave.dev/v1alpha1", kind: "ReleaseLock" };

export function rolloutYaml(rollout: Rollout): string {
  const { retry, catchUp, failureDomain } = rollout;
  return write(
    "Rollout",
    { name: rollout.name },
    given({
      release: rollout.release,
      selector: selectorYaml(rollout.selector),
      maxConcurrency: rollout.maxConcurrency,
      maxFailures: amountYaml(rollout.maxFailures),
      maxDeferred: rollout.maxDeferred && amountYaml(rollout.maxDeferred),
      failureDomain:
        failureDomain &&
        given({
          label: failureDomain.label,
          maxConcurrency: failureDomain.maxConcurrency,
          maxFailures: failureDomain.maxFailures && amountYaml(failureDomain.maxFailures),
          maxDeferred: failureDomain.maxDeferred && amountYaml(failureDomain.maxDeferred),
        }),
      deadline: secondsYaml(rollout.deadlineSeconds),
      onFailure: rollout.onFailure,
      onInconclusive: rollout.onInconclusive,
      retry: {
        limit: retry.limit,
        backoff: secondsYaml(retry.backoffSeconds),
        factor: retry.factor,
        maxBackoff: secondsYaml(retry.maxBackoffSeconds),
        jitter: `${retry.jitterPercent}%`,
      },
      catchUp: given({
        maxConcurrency: catchUp.maxConcurrency,
        expire: secondsYaml(catchUp.expireSeconds),
        maxHops: catchUp.maxHops,
      }),
      preStage: rollout.preStage,
      ...calendarYaml(rollout.maintenance),
      waves: rollout.waves.map((wave) =>
        given({
          name: wave.name,
          canary: wave.canary,
          ...sizeYaml(wave.size),
          selector: selectorYaml(wave.selector),
          maxConcurrency: wave.maxConcurrency,
          maxFailures: wave.maxFailures && amountYaml(wave.maxFailures),
          maxDeferred: wave.maxDeferred && amountYaml(wave.maxDeferred),
          quorum: wave.quorum && amountYaml(wave.quorum),
          representation: wave.representation,
          soak: secondsYaml(wave.soakSeconds),
          deadline: secondsYaml(wave.deadlineSeconds),
          ...calendarYaml(wave.maintenance),
          approval: wave.approval,
        }),
      ),
    }),
  );
}

/** Without what is undefined, which YAML would write as null. */
function given(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function sizeYaml(size: WaveSize): object {
  if (size === "rest") return { size };
  if ("groupBy" in size) return { groupBy: size.groupBy, groups: size.order };
  if ("start" in size) return { exponential: given({ ...size }) };
  return { size: amountYaml(size) };
}

/** No windows cannot be written: a calendar without them leaves them out. */
function calendarYaml({ windows, exceptions }: Calendar): object {
  if (windows.length === 0 && exceptions.length === 0) return {};
  const days = windows.map(({ days, ...window }) => (days.length === 0 ? window : { days, ...window }));
  return { maintenance: { ...(days.length === 0 ? {} : { windows: days }), exceptions } };
}

const amountYaml = (amount: Amount): number | string => ("count" in amount ? amount.count : `${amount.percent}%`);
const secondsYaml = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : `${seconds}s`;

function selectorYaml({ matchExpressions, ...selector }: Selector): object {
  const expressions = matchExpressions.map(({ key, operator, values }) =>
    values.length === 0 ? { key, operator } : { key, operator, values },
  );
  return { ...selector, matchExpressions: expressions };
}
