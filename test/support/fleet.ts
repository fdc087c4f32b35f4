import { createHash } from "node:crypto";
import { chartsOf, imagesOf } from "../../catalog";
import { alwaysOpen } from "../../fleet/calendar";
import type {
  Architecture,
  Dex,
  Fleet,
  LocalIssuer,
  ProfileName,
  Release,
  ReleaseLock,
  ResolvedSite,
  Rollout,
  Selector,
  SiteNode,
  WaveRule,
} from "../../fleet/model";

/**
 * Builders of valid values: start from one and break a single field. Everything that they make passes the fleet's
 * checks, also together, as long as sites of one fleet have different indexes.
 */

/** Every field may be left out, at any depth; lists are taken as a whole. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: Overrides<T[K]> }
    : T;

/**
 * A site of one node near Porto, unless overridden. Its nodes follow its profile unless they are given.
 * @param index makes name, addresses and node names of sites in one fleet differ; 0 to 65535
 */
export function aSite(overrides: Overrides<ResolvedSite> = {}, index = 0): ResolvedSite {
  const name = overrides.name ?? (index === 0 ? "porto" : `site-${index}`);
  const profile = overrides.profile ?? "micro";
  const net = `10.${100 + (index >> 8)}.${index & 255}`;
  const several = profile === "standard" || profile === "ha-edge";
  const site: ResolvedSite = {
    name,
    profile,
    architecture: "amd64",
    region: "atlantic",
    labels: { country: "pt" },
    timeZone: "Europe/Lisbon",
    target: "render",
    offline: undefined,
    maintenance: alwaysOpen,
    domain: `${name}.harbours.example`,
    nodes: nodesOf(profile, name, net),
    network: {
      nodeCidr: `${net}.0/24`,
      podCidr: "172.20.0.0/16",
      serviceCidr: "172.21.0.0/16",
      gateway: `${net}.1`,
      dnsServers: [`${net}.1`],
      ntpServers: ["ntp.harbours.example"],
      apiVip: several ? `${net}.5` : undefined,
      apiLoadBalancer: "kube-vip",
    },
    bastion: {
      host: `bastion.${name}.harbours.example`,
      address: `${net}.2`,
      sshUser: "edge",
      sshPort: 22,
      registryPort: 5000,
      filesPort: 80,
      registryAuthentication: "none",
      packages: { by: "archive" },
    },
    ssh: { user: "edge", port: 22 },
    identity: undefined,
    link: { kind: "lte", bandwidthMbit: 20, maxOutageHours: 72 },
    ingestion: {
      buffer: profile === "micro" ? "rabbitmq" : "strimzi",
      protocols: ["mqtt", "amqp"],
      messagesPerSecond: 50,
      messageBytes: 512,
      topics: ["cranes/+/telemetry"],
    },
    alerts: { webhook: `https://alerts.${name}.harbours.example/`, email: undefined },
    platform: { grafana: false, series: 1000, logBytesPerSecond: 1000 },
    sops: undefined,
    source: { file: `sites/${name}.yaml`, line: 1 },
  };
  return merge(site, overrides);
}

/** Sites 0 to `count - 1`, all valid together. */
export function sites(
  count: number,
  overrides: (index: number) => Overrides<ResolvedSite> = () => ({}),
): ResolvedSite[] {
  return Array.from({ length: count }, (_, index) => aSite(overrides(index), index));
}

export function aRelease(overrides: Overrides<Release> = {}): Release {
  const name = overrides.name ?? "2026.11.0";
  const release: Release = {
    name,
    date: "2026-11-02",
    kubernetes: "1.35.4",
    kubespray: "v2.31.0",
    components: {
      flux: "2.9.4",
      gitea: "1.26.1",
      rabbitmq: "4.3.5",
      vector: "0.57.0",
      strimzi: "1.2.0",
      "mqtt-bridge": "0.1.0",
      "kube-prometheus-stack": "88.5.3",
      loki: "18.11.0",
      kyverno: "3.9.0",
      "cert-manager": "v1.21.1",
      velero: "12.1.0",
      versitygw: "0.3.5",
      dex: "2.45.1",
    },
    lock: undefined,
    source: { file: `releases/${name}.yaml`, line: 1 },
  };
  return merge(release, overrides);
}

/** A site's own issuer for people, as a site that says nothing more of it has it. */
export function aLocalIssuer(domain: string, overrides: Partial<Dex> = {}): LocalIssuer {
  const dex = { port: 30_554, tokenHours: 8, users: [anna], ldap: undefined, ...overrides };
  const audiences = ["kubernetes"];
  const url = `https://id.${domain}:${dex.port}/dex`;
  return { url, audiences, usernameClaim: "email", groupsClaim: "groups", prefix: "site:", dex };
}

const anna = { name: "anna", email: "anna@harbours.example", groups: ["operators"] };

/** A whole lock of a release, with digests that no registry knows. */
export function aLock(
  release: Release = aRelease(),
  architectures: readonly Architecture[] = ["amd64", "arm64"],
): ReleaseLock {
  const digest = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
  const digests = imagesOf(release).map(({ repository, tag }) => {
    const own = architectures.map((architecture) => [architecture, digest(`${repository}:${tag} ${architecture}`)]);
    return [repository, { tag, index: digest(`${repository}:${tag}`), ...Object.fromEntries(own) }];
  });
  const charts = chartsOf(release).map(({ name, version, repository: source }) => {
    const [manifest, archive] = [digest(`chart ${name}:${version}`), digest(`packed ${name}:${version}`)];
    return [name, { version, source, digest: manifest, archive }];
  });
  return { release: release.name, digests: Object.fromEntries(digests), charts: Object.fromEntries(charts) };
}

/** Matches every site. */
export const everySite: Selector = { names: [], regions: [], profiles: [], matchLabels: {}, matchExpressions: [] };

/** A wave of two sites that is no canary. */
export function aWave(overrides: Overrides<WaveRule> = {}): WaveRule {
  const wave: WaveRule = {
    name: "some",
    canary: false,
    size: { count: 2 },
    selector: everySite,
    maxConcurrency: undefined,
    maxFailures: undefined,
    maxDeferred: undefined,
    quorum: undefined,
    representation: [],
    soakSeconds: 0,
    deadlineSeconds: undefined,
    approval: undefined,
    gates: [],
    waveGates: [],
    maintenance: alwaysOpen,
  };
  // A size is one of several shapes: it is replaced, never merged.
  const { size, ...others } = overrides;
  return { ...merge(wave, others), size: (size as WaveRule["size"] | undefined) ?? wave.size };
}

/** Canary of one site, then the rest. */
export function aRollout(overrides: Overrides<Rollout> = {}): Rollout {
  const name = overrides.name ?? "autumn";
  const rollout: Rollout = {
    name,
    release: "2026.11.0",
    selector: everySite,
    waves: [
      aWave({ name: "canary", canary: true, size: { count: 1 }, maxFailures: { count: 0 } }),
      aWave({ name: "rest", size: "rest" }),
    ],
    maxConcurrency: 4,
    maxFailures: { count: 0 },
    maxDeferred: undefined,
    failureDomain: undefined,
    deadlineSeconds: undefined,
    onFailure: "halt",
    onInconclusive: "hold",
    retry: { limit: 0, backoffSeconds: 30, factor: 2, maxBackoffSeconds: 600, jitterPercent: 20 },
    gates: [],
    waveGates: [],
    maintenance: alwaysOpen,
    catchUp: { maxConcurrency: 4, expireSeconds: undefined, maxHops: 10, verifySeconds: undefined },
    preStage: false,
    source: { file: `rollouts/${name}.yaml`, line: 1 },
  };
  const { maxFailures, maxDeferred, ...others } = overrides;
  return {
    ...merge(rollout, others),
    maxFailures: (maxFailures as Rollout["maxFailures"] | undefined) ?? rollout.maxFailures,
    maxDeferred: maxDeferred as Rollout["maxDeferred"],
  };
}

/** One site, one release, one rollout. */
export function aFleet(overrides: Overrides<Fleet> = {}): Fleet {
  const fleet: Fleet = {
    name: "harbours",
    domain: "harbours.example",
    hub: {
      gitUrl: "https://git.hub.harbours.example",
      registry: "registry.hub.harbours.example:5000",
      kafkaBootstrap: "kafka.hub.harbours.example:9093",
    },
    imageSigning: undefined,
    sites: [aSite()],
    releases: [aRelease()],
    rollouts: [aRollout()],
    overrides: [],
  };
  return merge(fleet, overrides);
}

const counts: Readonly<
  Record<ProfileName, { controlPlanes: number; workers: number; node: Omit<SiteNode, "name" | "address" | "roles"> }>
> = {
  micro: { controlPlanes: 1, workers: 0, node: { cpu: 4, memoryMiB: 8192, diskGiB: 128 } },
  mini: { controlPlanes: 1, workers: 1, node: { cpu: 8, memoryMiB: 16384, diskGiB: 256 } },
  standard: { controlPlanes: 3, workers: 2, node: { cpu: 16, memoryMiB: 32768, diskGiB: 512 } },
  "ha-edge": { controlPlanes: 3, workers: 4, node: { cpu: 32, memoryMiB: 65536, diskGiB: 1024 } },
};

function nodesOf(profile: ProfileName, site: string, net: string): SiteNode[] {
  const { controlPlanes, workers, node } = counts[profile];
  return [
    ...Array.from({ length: controlPlanes }, (_, index) => ({
      name: `${site}-cp-${index + 1}`,
      address: `${net}.${11 + index}`,
      roles: profile === "micro" ? (["control-plane", "worker"] as const) : (["control-plane"] as const),
      ...node,
    })),
    ...Array.from({ length: workers }, (_, index) => ({
      name: `${site}-worker-${index + 1}`,
      address: `${net}.${21 + index}`,
      roles: ["worker"] as const,
      ...node,
    })),
  ];
}

function merge<T extends object>(base: T, overrides: object): T {
  const result: Record<string, unknown> = Object.fromEntries(Object.entries(base));
  for (const [key, value] of Object.entries(overrides)) {
    const old = result[key];
    result[key] = isPlain(old) && isPlain(value) ? merge(old, value) : value;
  }
  return result as T;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
