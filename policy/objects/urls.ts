import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { Context } from "../rule";
import { eachText, type Step } from "./json";

/** An address with its host, as it stands in some text of a resource. */
export interface NamedUrl {
  readonly path: readonly Step[];
  readonly url: string;
  readonly host: string;
}

// The host ends at a port, a path or anything that no address has; a name with `$` or `{` is filled in later.
const pattern =
  /\b(https?|ssh|git|oci|amqps?|mqtts?|tcp|wss?|ftp|s3|nats|smtp):\/\/(?:[^\s/@"'<>]*@)?(\[[0-9a-fA-F:.]+\]|[^\s/:"'<>?#,;()|`]+)/gi;

/** Every address in any text of a tree. */
export function urlsOf(value: unknown): readonly NamedUrl[] {
  const found: NamedUrl[] = [];
  eachText(value, (leaf, path) => {
    if (!leaf.includes("://")) return;
    for (const [url, , host = ""] of leaf.matchAll(pattern)) {
      const bare = host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
      found.push({ path: [...path], url, host: bare.toLowerCase() });
    }
  });
  return found;
}

/** Whether a host is answered on the site itself: in the cluster, under the site's domain, or by an address of it. */
export function isLocalHost(host: string, { site }: Pick<Context, "site">): boolean {
  // What Flux or Ansible fills in comes from the site's own variables.
  if (/[${}%*]/.test(host)) return true;
  const kind = isIP(host);
  if (kind !== 0) return isSiteAddress(host, site);
  if (!host.includes(".")) return true;
  if (/(^|\.)(svc|cluster\.local|localhost|lan|internal)$/.test(host)) return true;
  return site !== undefined && (host === site.domain || host.endsWith(`.${site.domain}`) || host === site.bastion.host);
}

function isSiteAddress(host: string, site: Context["site"]): boolean {
  const address = ipaddr.parse(host);
  if (["loopback", "linkLocal", "unspecified"].includes(address.range())) return true;
  if (site === undefined) return address.range() === "private";
  const ranges = [site.network.nodeCidr, site.network.podCidr, site.network.serviceCidr, `${site.bastion.address}/32`];
  return ranges.some(
    (range) => ipaddr.isValidCIDR(range) && address.kind() === "ipv4" && address.match(ipaddr.parseCIDR(range)),
  );
}

/** Hosts of the hub that a site may talk to; empty if the fleet is unknown. */
export function hubHosts({ fleet }: Pick<Context, "fleet">): readonly string[] {
  if (fleet === undefined) return [];
  const { gitUrl, registry, kafkaBootstrap, prometheusUrl } = fleet.hub;
  const hosts = [gitUrl, prometheusUrl].flatMap((url) => (url && URL.canParse(url) ? [new URL(url).hostname] : []));
  return [...hosts, hostOf(registry), hostOf(kafkaBootstrap)];
}

/** Of `host:port`. */
export function hostOf(hostPort: string): string {
  const colon = hostPort.lastIndexOf(":");
  return (colon < 0 ? hostPort : hostPort.slice(0, colon)).replace(/^\[|\]$/g, "").toLowerCase();
}
