/**
 * A fleet as the rest of edgewave sees it: checked, with every default applied. `readFleet` makes it from YAML files;
 * nothing else constructs one outside tests. Everything is plain data, so that it can cross a process boundary.
 */

import type { Calendar } from "./calendar";

export type Architecture = "amd64" | "arm64";
export type ProfileName = "micro" | "mini" | "standard" | "ha-edge";
export type Target = "render" | "cluster" | "field";
export type NodeRole = "control-plane" | "worker";
/** What holds messages on the site until the hub has them. */
export type IngestionBuffer = "rabbitmq" | "strimzi";

/** Where a value was written, for findings. `file` is relative to the fleet folder. */
export interface SourcePosition {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface Fleet {
  readonly name: string;
  /** DNS domain under which every site has its own, such as `harbours.example`. */
  readonly domain: string;
  readonly hub: Hub;
  /** In order of name. */
  readonly sites: readonly ResolvedSite[];
  /** In order of name, the newest last. */
  readonly releases: readonly Release[];
  readonly rollouts: readonly Rollout[];
}

export interface Hub {
  /** Base URL of the hub's Gitea, without a trailing slash. */
  readonly gitUrl: string;
  /** `host:port` of the hub's registry; sites never pull from it, bastions do. */
  readonly registry: string;
  /** `host:port` of the hub's Kafka, where ingested messages end. */
  readonly kafkaBootstrap: string;
  /** Base URL of the hub's Prometheus, without a trailing slash; only gates ask it. */
  readonly prometheusUrl?: string | undefined;
}

export interface ResolvedSite {
  readonly name: string;
  readonly profile: ProfileName;
  readonly architecture: Architecture;
  readonly region: string;
  /** The site's own labels; `region`, `profile` and `architecture` are not repeated here. */
  readonly labels: Readonly<Record<string, string>>;
  /** IANA name. */
  readonly timeZone: string;
  readonly target: Target;
  /** Set when the site is known to have no link; a rollout defers it. */
  readonly offline: { readonly reason: string; readonly since: string } | undefined;
  /** When the site may be changed; it decides when, never what. */
  readonly maintenance: Calendar;
  /** `<name>.<fleet domain>`. */
  readonly domain: string;
  readonly nodes: readonly SiteNode[];
  readonly network: SiteNetwork;
  readonly bastion: Bastion;
  readonly ssh: { readonly user: string; readonly port: number };
  readonly link: Link;
  readonly ingestion: Ingestion;
  readonly source: SourcePosition;
}

export interface SiteNode {
  /** Stable host name, `[a-z0-9]([-a-z0-9]*[a-z0-9])?`. */
  readonly name: string;
  /** IPv4 address in the site's node CIDR. */
  readonly address: string;
  readonly roles: readonly NodeRole[];
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly diskGiB: number;
}

export interface SiteNetwork {
  readonly nodeCidr: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly gateway: string;
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
  /** Virtual address of the API server by kube-vip; sites with several control planes have one. */
  readonly apiVip: string | undefined;
}

export interface Bastion {
  /** DNS name that certificates and mirrors use, such as `bastion.porto.harbours.example`. */
  readonly host: string;
  readonly address: string;
  readonly sshUser: string;
  readonly sshPort: number;
  /** Port of the local OCI registry (TLS); 5000 by default. */
  readonly registryPort: number;
  /** Port of the file and package mirror; 80 by default. */
  readonly filesPort: number;
}

export interface Link {
  readonly kind: "fibre" | "dsl" | "lte" | "satellite" | "microwave";
  readonly bandwidthMbit: number;
  /** The longest outage that the site must bear without losing data. */
  readonly maxOutageHours: number;
}

export interface Ingestion {
  readonly buffer: IngestionBuffer;
  readonly protocols: readonly ("mqtt" | "amqp")[];
  /** Mean rate that the buffer is sized for. */
  readonly messagesPerSecond: number;
  readonly messageBytes: number;
  /** MQTT topic filters that are forwarded, such as `cranes/+/telemetry`. */
  readonly topics: readonly string[];
}

export interface Release {
  /** Such as `2026.11.0`. */
  readonly name: string;
  /** ISO date, the date of the release's commits. */
  readonly date: string;
  /** Without a leading `v`, such as `1.35.4`. */
  readonly kubernetes: string;
  /** Tag, such as `v2.31.0`. */
  readonly kubespray: string;
  /** Versions by the catalog's component names. */
  readonly components: Readonly<Record<string, string>>;
  /** Image digests from `release lock`; undefined while the release is not locked. */
  readonly lock: ReleaseLock | undefined;
  readonly source: SourcePosition;
}

export interface ReleaseLock {
  /** By image reference without tag, then by architecture: `sha256:...`. */
  readonly digests: Readonly<Record<string, Readonly<Partial<Record<Architecture, string>>>>>;
}

/** A number of sites, or a share of them that is rounded up. */
export type Amount = { readonly count: number } | { readonly percent: number };

export interface Selector {
  /** Empty lists and an empty object select every site; all parts must match. */
  readonly names: readonly string[];
  readonly regions: readonly string[];
  readonly profiles: readonly ProfileName[];
  readonly matchLabels: Readonly<Record<string, string>>;
}

export interface Rollout {
  readonly name: string;
  readonly release: string;
  readonly selector: Selector;
  /** In order; the first one may be the canary. */
  readonly waves: readonly WaveRule[];
  /** Sites that may run at once. */
  readonly maxConcurrency: number;
  /** Failed sites that halt the rollout once exceeded. */
  readonly maxFailures: Amount;
  /** Deferred sites that halt the rollout once exceeded; undefined sets no limit. */
  readonly maxDeferred: Amount | undefined;
  readonly source: SourcePosition;
}

export interface WaveRule {
  readonly name: string;
  readonly canary: boolean;
  /** Taken from the sites that no earlier wave has; a percentage is of all selected sites; `rest` takes what is left. */
  readonly size: Amount | "rest";
  readonly selector: Selector;
  /** Undefined is the rollout's own limit. */
  readonly maxConcurrency: number | undefined;
  /** 0 for a canary unless the file says otherwise; undefined sets no limit of the wave's own. */
  readonly maxFailures: Amount | undefined;
  /** Seconds to wait after the wave before the next one starts. */
  readonly soakSeconds: number;
}
