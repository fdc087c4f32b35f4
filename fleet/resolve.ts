import { keysOf, type KnownHosts, noKnownHosts } from "./knownHosts";
import type { Knowledge } from "./knowledge";
import type { Alerts, Ingestion, Link, PackageTrust, Platform, ResolvedSite, SourcePosition } from "./model";
import { resolveIdentity } from "./resolveIdentity";
import type { Path, Problem } from "./problem";
import { resolveCalendar } from "./resolveCalendar";
import type { FleetDocument, SiteDocument } from "./schema";

/** What a site has when neither its file nor the fleet's defaults say otherwise. */
export const builtInDefaults = {
  target: "render",
  sshUser: "edge",
  sshPort: 22,
  // Kubespray v2.31.0: roles/kubespray_defaults/defaults/main/main.yml.
  podCidr: "10.233.64.0/18",
  serviceCidr: "10.233.0.0/18",
  registryPort: 5000,
  filesPort: 80,
  maxOutageSeconds: 72 * 3600,
  protocols: ["mqtt", "amqp"],
  publishConcurrency: 8,
} as const;

export interface SiteResolution {
  /** Undefined if something that has no default is missing. */
  readonly site: ResolvedSite | undefined;
  readonly problems: readonly Problem[];
}

/** A site with the fleet's defaults, then the built-in ones, in every gap. */
export function resolveSite(
  fleet: Pick<FleetDocument["spec"], "domain" | "defaults">,
  { metadata, spec }: SiteDocument,
  source: SourcePosition,
  { profiles }: Pick<Knowledge, "profiles">,
  knownHosts: KnownHosts = noKnownHosts,
): SiteResolution {
  const defaults = fleet.defaults ?? {};
  const problems: Problem[] = [];
  const required = <T>(value: T | undefined, path: Path): T => {
    if (value === undefined) {
      problems.push({
        code: "EDGE-KEY-002",
        source,
        path,
        message: `${path.slice(1).join(".")} is missing`,
        hint: `Add it to the site, or to spec.defaults.${path.slice(1).join(".")} of fleet.yaml for all sites.`,
      });
    }
    // The site is dropped below if anything is missing.
    return value as T;
  };

  const name = metadata.name;
  const domain = `${name}.${fleet.domain}`;
  const ssh = { ...defaults.ssh, ...spec.ssh };
  const sshUser = ssh.user ?? builtInDefaults.sshUser;
  const network = { ...defaults.network, ...spec.network };
  const bastion = { ...defaults.bastion, ...spec.bastion };
  const link = { ...defaults.link, ...spec.link };
  const ingestion = { ...defaults.ingestion, ...spec.ingestion };

  const site: ResolvedSite = {
    name,
    profile: spec.profile,
    architecture: spec.architecture,
    region: spec.region,
    labels: metadata.labels ?? {},
    timeZone: required(spec.timeZone ?? defaults.timeZone, ["spec", "timeZone"]),
    target: spec.target ?? defaults.target ?? builtInDefaults.target,
    offline: spec.offline,
    // Whole, not merged: windows of the fleet would open a site that has its own.
    maintenance: resolveCalendar(spec.maintenance ?? defaults.maintenance),
    domain,
    nodes: spec.nodes.map(({ memory, disk, hostKeys, ...node }) => ({
      ...node,
      memoryMiB: memory,
      diskGiB: disk,
      ...known(hostKeys, keysOf(knownHosts, [node.address, node.name], ssh.port ?? builtInDefaults.sshPort)),
    })),
    network: {
      nodeCidr: network.nodeCidr,
      podCidr: network.podCidr ?? builtInDefaults.podCidr,
      serviceCidr: network.serviceCidr ?? builtInDefaults.serviceCidr,
      gateway: network.gateway,
      dnsServers: required(network.dnsServers, ["spec", "network", "dnsServers"]),
      ntpServers: required(network.ntpServers, ["spec", "network", "ntpServers"]),
      apiVip: network.apiVip,
      apiLoadBalancer: network.apiLoadBalancer ?? "kube-vip",
    },
    bastion: {
      host: bastion.host ?? `bastion.${domain}`,
      address: bastion.address,
      sshUser: bastion.sshUser ?? sshUser,
      sshPort: bastion.sshPort ?? builtInDefaults.sshPort,
      registryPort: bastion.registryPort ?? builtInDefaults.registryPort,
      filesPort: bastion.filesPort ?? builtInDefaults.filesPort,
      registryAuthentication: bastion.registryAuthentication ?? "none",
      packages: packageTrustOf(bastion.packages),
      ...known(
        bastion.hostKeys,
        keysOf(
          knownHosts,
          [bastion.address, bastion.host ?? `bastion.${domain}`],
          bastion.sshPort ?? builtInDefaults.sshPort,
        ),
      ),
    },
    ssh: { user: sshUser, port: ssh.port ?? builtInDefaults.sshPort },
    identity: resolveIdentity(spec.identity ?? defaults.identity, { site: name, domain }),
    link: linkOf(link, required),
    ingestion: {
      buffer: ingestion.buffer ?? profiles.profileOf(spec.profile).buffer,
      ...streamOf(ingestion, required),
    },
    alerts: alertsOf({ ...defaults.alerts, ...spec.alerts }, domain),
    platform: platformOf({ ...defaults.platform, ...spec.platform }, profiles.profileOf(spec.profile).observability),
    sops: spec.sops,
    source,
  };
  return { site: problems.length === 0 ? site : undefined, problems };
}

/** Left out where there are none, so that a fleet without them is what it was. */
function known(written: readonly string[] = [], found: readonly string[]): { readonly hostKeys?: readonly string[] } {
  const hostKeys = [...new Set([...written, ...found])];
  return hostKeys.length === 0 ? {} : { hostKeys };
}

function packageTrustOf(packages: SiteDocument["spec"]["bastion"]["packages"]): PackageTrust {
  if (packages === undefined) return { by: "archive" };
  const { trust, key } = packages;
  return trust === "key" ? { by: "key", key: key ?? "" } : { by: trust };
}

function alertsOf({ webhook, email }: NonNullable<SiteDocument["spec"]["alerts"]>, domain: string): Alerts {
  return { webhook: webhook ?? `https://alerts.${domain}/`, email };
}

function platformOf(
  { grafana, series, logBytesPerSecond }: NonNullable<SiteDocument["spec"]["platform"]>,
  usual: Omit<Platform, "grafana">,
): Platform {
  return {
    grafana: grafana ?? false,
    series: series ?? usual.series,
    logBytesPerSecond: logBytesPerSecond ?? usual.logBytesPerSecond,
  };
}

type Required = <T>(value: T | undefined, path: Path) => T;

function linkOf(link: NonNullable<SiteDocument["spec"]["link"]>, required: Required): Link {
  return {
    kind: required(link.kind, ["spec", "link", "kind"]),
    bandwidthMbit: required(link.bandwidth, ["spec", "link", "bandwidth"]),
    maxOutageHours: (link.maxOutage ?? builtInDefaults.maxOutageSeconds) / 3600,
  };
}

function streamOf(
  ingestion: NonNullable<SiteDocument["spec"]["ingestion"]>,
  required: Required,
): Omit<Ingestion, "buffer"> {
  return {
    protocols: ingestion.protocols ?? builtInDefaults.protocols,
    messagesPerSecond: required(ingestion.messagesPerSecond, ["spec", "ingestion", "messagesPerSecond"]),
    messageBytes: required(ingestion.messageBytes, ["spec", "ingestion", "messageBytes"]),
    topics: required(ingestion.topics, ["spec", "ingestion", "topics"]),
  };
}
