import type { Calendar } from "../calendar";
import type { Architecture, IngestionBuffer, NodeRole, ProfileName, SourcePosition, Target } from "./words";

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
