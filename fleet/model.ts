import type { Gate, OnInconclusive, WaveGate } from "./gates";
import type { FleetPolicy } from "./policy";
/**
 * A fleet as the rest of edgewave sees it: checked, with every default applied. `readFleet` makes it from YAML files;
 * nothing else constructs one outside tests. Everything is plain data, so that it can cross a process boundary.
 */

import type { Override } from "./overrides";
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
  /** Undefined where the fleet asks for no signed images. */
  readonly imageSigning: ImageSigning | undefined;
  /** In order of name. */
  readonly sites: readonly ResolvedSite[];
  /** In order of name, the newest last. */
  readonly releases: readonly Release[];
  readonly rollouts: readonly Rollout[];
  /** In order of name. */
  readonly overrides: readonly Override[];
  /** What policy.yaml says; undefined for a fleet without one. */
  readonly policy?: FleetPolicy | undefined;
  /** Undefined if the Git repositories stay in the output folder. */
  readonly publish?: Publish | undefined;
}

/** How releases get to the hub's Gitea. */
export interface Publish {
  readonly to: "hub";
  /** Sites whose repositories are asked or written at once. */
  readonly maxConcurrency: number;
}

export interface Hub {
  /** Base URL of the hub's Gitea, without a trailing slash. */
  readonly gitUrl: string;
  /** Certificates in PEM that it is trusted by; undefined takes those of the system. */
  readonly gitAuthority?: string | undefined;
  /** `host:port` of the hub's registry; sites never pull from it, bastions do. */
  readonly registry: string;
  /** `host:port` of the hub's Kafka, where ingested messages end. */
  readonly kafkaBootstrap: string;
  /** Base URL of the hub's Prometheus, without a trailing slash; only gates ask it. */
  readonly prometheusUrl?: string | undefined;
  /** Where sites' metrics and backups end, by S3; undefined where the hub has no such store. */
  readonly objectStore?: ObjectStore | undefined;
  /** Base URL of the hub's Loki, without a trailing slash; sites keep their logs to themselves without it. */
  readonly lokiUrl?: string | undefined;
}

export interface ObjectStore {
  /** Such as `https://s3.hub.harbours.example`. */
  readonly url: string;
  readonly region: string;
  readonly metricsBucket: string;
  readonly backupsBucket: string;
}

/** By which keys images have to be signed; Kyverno asks at admission. */
export interface ImageSigning {
  /** PEM of public keys; one of them is enough. */
  readonly publicKeys: readonly string[];
  /** Images that it is asked of, such as `registry.hub.example:5000/*`. */
  readonly images: readonly string[];
}

/** Who is told on the site. */
export interface Alerts {
  /** Takes Alertmanager's webhooks. */
  readonly webhook: string;
  readonly email: AlertEmail | undefined;
}

export interface AlertEmail {
  /** `host:port` of a mail server on the site. */
  readonly smarthost: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** What is a site's own of the platform's services. */
export interface Platform {
  readonly grafana: boolean;
  /** Time series that Prometheus scrapes; the profile's unless the site says otherwise. */
  readonly series: number;
  /** Of all pods together; the profile's unless the site says otherwise. */
  readonly logBytesPerSecond: number;
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
  /** Undefined if only certificates and service accounts are known. */
  readonly identity: Identity | undefined;
  readonly link: Link;
  readonly ingestion: Ingestion;
  readonly alerts: Alerts;
  readonly platform: Platform;
  /** Age recipient of the site's secrets in Git; undefined where edgewave keeps the site's key. */
  readonly sops: { readonly recipient: string } | undefined;
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
  /** SSH host keys, such as `ssh-ed25519 AAAA...`; sites with the target `field` have some. */
  readonly hostKeys?: readonly string[] | undefined;
}

export interface SiteNetwork {
  readonly nodeCidr: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  readonly gateway: string;
  readonly dnsServers: readonly string[];
  readonly ntpServers: readonly string[];
  /** Virtual address of the API server by kube-vip, for several control planes. */
  readonly apiVip: string | undefined;
  /** How several control planes are reached: by an address that moves, or by a proxy on each worker. */
  readonly apiLoadBalancer: ApiLoadBalancer;
}

export type ApiLoadBalancer = "kube-vip" | "local";

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
  /** How the registry knows nodes. */
  readonly registryAuthentication: RegistryAuthentication;
  /** What nodes trust the bastion's packages by. */
  readonly packages: PackageTrust;
  /** SSH host keys, as a node's. */
  readonly hostKeys?: readonly string[] | undefined;
}

export type RegistryAuthentication = "none" | "password" | "certificate";

/** The archive's own keyring, a key of the mirror's own (OpenPGP, ASCII), or nothing but the address. */
export type PackageTrust = { readonly by: "archive" | "address" } | { readonly by: "key"; readonly key: string };

/** Who may say who somebody is, for the site's API server (OpenID Connect). */
export interface Identity {
  /** The central issuer, known on the site by the bastion's mirror of its discovery document and keys. */
  readonly hub: Issuer | undefined;
  /** An issuer on the site, for when there is no link. */
  readonly local: LocalIssuer | undefined;
  /** Port of the mirror at the bastion (TLS); 8443 by default. */
  readonly mirrorPort: number;
}

export interface Issuer {
  /** As tokens have it in `iss`, with the site's names filled in. */
  readonly url: string;
  readonly audiences: readonly string[];
  readonly usernameClaim: string;
  readonly groupsClaim: string;
  /** Before user and group names, so that no issuer can speak for another's. */
  readonly prefix: string;
}

export interface LocalIssuer extends Issuer {
  /** Set where edgewave runs the issuer; another one is somebody else's. */
  readonly dex?: Dex | undefined;
}

/** An issuer for people that runs on the site. */
export interface Dex {
  /** On every node. */
  readonly port: number;
  readonly tokenHours: number;
  readonly users: readonly DexUser[];
  readonly ldap: DexLdap | undefined;
}

export interface DexUser {
  /** Key of the password's hash, and what the person's `sub` is made of. */
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

/** A directory on the site, asked by LDAPS. */
export interface DexLdap {
  /** `host:port`, with the site's names filled in. */
  readonly host: string;
  /** PEM; undefined for the site's own authority. */
  readonly authority: string | undefined;
  readonly bindDn: string;
  readonly userBaseDn: string;
  readonly usernameAttribute: string;
  readonly emailAttribute: string;
  /** Undefined where nobody has groups. */
  readonly groupBaseDn: string | undefined;
  readonly memberAttribute: string;
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
  /** Digests of images and charts from `release lock`; undefined while the release is not locked. */
  readonly lock: ReleaseLock | undefined;
  readonly source: SourcePosition;
}

export interface ReleaseLock {
  /** The release that was locked. */
  readonly release: string;
  /** By image repository with its registry, such as `quay.io/calico/node`. */
  readonly digests: Readonly<Record<string, LockedImage>>;
  /** By the chart's name; undefined in a lock from before charts were locked. */
  readonly charts: Readonly<Record<string, LockedChart>> | undefined;
}

/** What the hub's registry said that a chart is; both digests are `sha256:...`. */
export interface LockedChart {
  readonly version: string;
  /** Upstream repository that the chart is from, by the catalog. */
  readonly source: string;
  /** Of the OCI manifest, which Flux pulls by. */
  readonly digest: string;
  /** Of the packed chart in it: what the `index.yaml` of an upstream Helm repository calls its digest. */
  readonly archive: string;
}

/** What a registry said that a tag is; every digest is `sha256:...`. An architecture without a digest is not there. */
export interface LockedImage extends Readonly<Partial<Record<Architecture, string>>> {
  /** The tag that the registry was asked for. */
  readonly tag: string;
  /** What the tag named: the image index, or the manifest itself if the image has only one. */
  readonly index: string;
  /** Bytes of an architecture's whole image as the registry keeps it: compressed. Absent in locks of before it was asked. */
  readonly bytes?: Readonly<Partial<Record<Architecture, number>>> | undefined;
}

/** A number of sites, or a share of them that is rounded up. */
export type Amount = { readonly count: number } | { readonly percent: number };

export interface Selector {
  /** Empty lists and an empty object select every site; all parts must match. */
  readonly names: readonly string[];
  readonly regions: readonly string[];
  readonly profiles: readonly ProfileName[];
  readonly matchLabels: Readonly<Record<string, string>>;
  /** As in Kubernetes label selectors; all must hold. */
  readonly matchExpressions: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /** Empty for `Exists` and `DoesNotExist`. */
  readonly values: readonly string[];
}

export interface Rollout {
  readonly name: string;
  readonly release: string;
  readonly selector: Selector;
  /** In order; the first one may be the canary. */
  readonly waves: readonly WaveRule[];
  /** Sites that may be in flight at once. */
  readonly maxConcurrency: number;
  /** Failed sites that halt the rollout once exceeded. */
  readonly maxFailures: Amount;
  /** Deferred sites that halt the rollout once exceeded; undefined sets no limit. */
  readonly maxDeferred: Amount | undefined;
  /** Limits for sites that share a fate, such as an uplink; undefined sets none. */
  readonly failureDomain: FailureDomain | undefined;
  /** Seconds from the start after which nothing more is started; undefined sets no limit. */
  readonly deadlineSeconds: number | undefined;
  /** What an exceeded budget of failures does. */
  readonly onFailure: OnFailure;
  /** What a gate without an answer does after its timeout, unless the gate says otherwise. */
  readonly onInconclusive: OnInconclusive;
  readonly retry: Retry;
  /** What each site has to pass between "applied" and "done", in order; waves may add to it. */
  readonly gates: readonly Gate[];
  /** What each wave as a whole has to pass once its sites have ended, in order; waves may add to it. */
  readonly waveGates: readonly WaveGate[];
  /** When sites may be started. */
  readonly maintenance: Calendar;
  readonly catchUp: CatchUp;
  /** Whether a site is started only once its content is proven present at its bastion. */
  readonly preStage: boolean;
  readonly source: SourcePosition;
}

/** `halt`: nothing more is started. `rollback`: then what was changed goes back. `continue`: budgets only mark the result. */
export type OnFailure = "halt" | "rollback" | "continue";

export interface FailureDomain {
  /** Label, or `region`, `profile` or `architecture`; sites without the label are in no domain. */
  readonly label: string;
  readonly maxConcurrency: number | undefined;
  readonly maxFailures: Amount | undefined;
  readonly maxDeferred: Amount | undefined;
}

/** A failed run of a site is repeated; a failed gate is not. */
export interface Retry {
  /** Repeats of one site's run. */
  readonly limit: number;
  /** Seconds before the first repeat; each further wait is `factor` times the last, at most `maxBackoffSeconds`. */
  readonly backoffSeconds: number;
  readonly factor: number;
  readonly maxBackoffSeconds: number;
  /** Percent by which a wait is made longer or shorter, so that sites that failed together do not return together. */
  readonly jitterPercent: number;
}

/** Rules for deferred sites that have a link again. */
export interface CatchUp {
  readonly maxConcurrency: number;
  /** Seconds after its deferral that a site is still waited for; undefined is for ever. */
  readonly expireSeconds: number | undefined;
  /** Releases that a site may be taken through on its way, the last included. */
  readonly maxHops: number;
  /** Seconds that the gate `reconnect` of a site waits for an answer; undefined, as in older plans, leaves that gate out. */
  readonly verifySeconds?: number | undefined;
}

export interface WaveRule {
  readonly name: string;
  readonly canary: boolean;
  /** How the wave takes sites from those that no earlier wave has. */
  readonly size: WaveSize;
  readonly selector: Selector;
  /** Undefined is the rollout's own limit. */
  readonly maxConcurrency: number | undefined;
  /** 0 for a canary unless the file says otherwise; undefined sets no limit of the wave's own. */
  readonly maxFailures: Amount | undefined;
  readonly maxDeferred: Amount | undefined;
  /** Sites that have to be reached for the wave to count; undefined asks for none. */
  readonly quorum: Amount | undefined;
  /** Labels (or `region`, `profile`, `architecture`) of which each value has to be reached. */
  readonly representation: readonly string[];
  /** Seconds to wait after the wave before the next one starts. */
  readonly soakSeconds: number;
  /** Seconds from the wave's start after which nothing more of it is started; undefined sets no limit. */
  readonly deadlineSeconds: number | undefined;
  /** What somebody has to say before the wave starts; undefined asks for nothing. */
  readonly approval: Approval | undefined;
  /** After the rollout's own. */
  readonly gates: readonly Gate[];
  /** After the rollout's own. */
  readonly waveGates: readonly WaveGate[];
  /** Beside the rollout's own: both have to be open. */
  readonly maintenance: Calendar;
}

export interface Approval {
  /** People who have to approve. */
  readonly count: number;
  /** Whether an approval counts only with an SSH signature by one of the allowed signers. */
  readonly signed: boolean;
}

/**
 * An amount (a percentage is of all selected sites), `rest`, waves that grow, or a wave for each value of a label. The
 * last two stand for several waves, named after the rule with a number or the value behind.
 */
export type WaveSize = Amount | "rest" | Exponential | { readonly groupBy: string; readonly order: readonly string[] };

/** The first wave takes `start` sites, each further one `factor` times as many, at most `max`, until none is left. */
export interface Exponential {
  readonly start: number;
  readonly factor: number;
  readonly max: number | undefined;
}
