import { z } from "zod";
import { longestTopic, mostTopics, topicsProblem } from "../topics";
import { port } from "./document";
import { text } from "./formats";
import { bandwidthMbit, durationSeconds } from "./quantity";

// What a site and the fleet's defaults can both say. Every field is optional here: `resolve` fills a site's gaps from
// the fleet's defaults, then from the built-in ones, and reports what is still missing.

export const ssh = z
  .strictObject({
    user: text("edgewave-user").optional(),
    port: port.optional(),
  })
  .describe("How nodes are reached, through the bastion.");

/** Certificates outlive several outages, and none can be valid beyond the year 9999 (RFC 5280, section 4.1.2.5). */
const longestOutageSeconds = 366 * 86_400;

const maxOutage = durationSeconds
  .refine((seconds) => seconds > 0 && seconds <= longestOutageSeconds, {
    error: 'must be at least "1s" and at most "366d"',
  })
  .describe("Longest outage to bear without losing data, such as 72h.");

export const link = z
  .strictObject({
    kind: z.enum(["fibre", "dsl", "lte", "satellite", "microwave"]).optional(),
    bandwidth: bandwidthMbit.optional().describe("Such as 20Mbit."),
    maxOutage: maxOutage.optional(),
  })
  .describe("The site's uplink to the hub.");

export const ingestion = z
  .strictObject({
    buffer: z.enum(["rabbitmq", "strimzi"]).optional().describe("What holds messages until the hub has them."),
    protocols: z
      .array(z.enum(["mqtt", "amqp"]))
      .min(1)
      .optional(),
    messagesPerSecond: z.int().min(1).max(1_000_000).optional().describe("Mean rate that the buffer is sized for."),
    messageBytes: z.int().min(1).max(67_108_864).optional().describe("Mean size of a message."),
    topics: z
      .array(text("edgewave-topic").max(longestTopic))
      .min(1)
      .max(mostTopics)
      .superRefine((filters, context) => {
        const problem = topicsProblem(filters);
        // The bounds above speak for themselves.
        const bounded = filters.length <= mostTopics && filters.every(({ length }) => length <= longestTopic);
        if (problem !== undefined && bounded) context.addIssue(problem);
      })
      .optional()
      .describe("MQTT topic filters that are forwarded."),
  })
  .describe("Messages of the site's machines on their way to the hub.");

export const alerts = z
  .strictObject({
    webhook: text("edgewave-web-address").max(1_024).optional().describe("https://alerts.<site>.<domain>/ by default."),
    email: z
      .strictObject({
        smarthost: text("edgewave-host-port").describe("A mail server on the site."),
        from: text("edgewave-email"),
        to: z.array(text("edgewave-email")).min(1).max(16),
      })
      .optional(),
  })
  .describe("Who is told on the site, link or no link.");

export const platform = z
  .strictObject({
    grafana: z.boolean().optional().describe("False by default; micro has no room for it."),
    series: z.int().min(1).max(100_000_000).optional().describe("Time series that are scraped; by profile if absent."),
    logBytesPerSecond: z.int().min(1).max(1_000_000_000).optional().describe("Of all pods; by profile if absent."),
  })
  .describe("The platform's services, beyond what the profile says.");

/** RFC 1035, section 3.1: 255 octets with the lengths of the labels, which leaves 253 characters. */
export const longestName = 253;

/** More name or time servers than anybody asks in turn. */
const mostServers = 16;

/** Of the network, what is not different by nature at every site. */
export const networkDefaults = {
  podCidr: text("edgewave-cidr").optional().describe("Kubespray's 10.233.64.0/18 by default."),
  serviceCidr: text("edgewave-cidr").optional().describe("Kubespray's 10.233.0.0/18 by default."),
  dnsServers: z.array(text("edgewave-ipv4")).min(1).max(mostServers).optional(),
  ntpServers: z.array(text("edgewave-host").max(longestName)).min(1).max(mostServers).optional(),
  apiLoadBalancer: z
    .enum(["kube-vip", "local"])
    .optional()
    .describe("kube-vip: an address that moves between control planes (apiVip); local: a proxy on each worker."),
};

/** What Debian's apt-secure(8) calls an inline key. */
const longestKey = 65_536;

const packages = z
  .strictObject({
    trust: z
      .enum(["archive", "key", "address"])
      .describe("archive: the distribution's own keyring; key: the key below; address: unsigned packages are taken."),
    key: z
      .string()
      .max(longestKey)
      .regex(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[A-Za-z0-9+/=: .\n-]+-----END PGP PUBLIC KEY BLOCK-----\n?$/, {
        error: "must be a public key as gpg --armor --export writes it",
      })
      .optional(),
  })
  .refine(({ trust, key }) => (trust === "key") === (key !== undefined), {
    error: "must have a key if, and only if, trust is key",
  })
  .describe("What nodes trust the packages of the bastion by.");

const issuerUrl = text("edgewave-issuer")
  .max(500)
  .describe("As tokens have it in iss; {site} and {domain} are filled in.");

const issuer = (prefix: string) =>
  z.strictObject({
    url: issuerUrl,
    audiences: z.array(text("edgewave-audience")).min(1).max(10).optional().describe("kubernetes by default."),
    usernameClaim: text("edgewave-claim").optional().describe("sub by default."),
    groupsClaim: text("edgewave-claim").optional().describe("groups by default."),
    prefix: text("edgewave-identity-prefix").optional().describe(`Before user and group names; ${prefix} by default.`),
  });

const ldap = z
  .strictObject({
    host: text("edgewave-endpoint").describe("Of a directory on the site, by LDAPS, such as ldap.{domain}:636."),
    authority: text("edgewave-authorities")
      .optional()
      .describe("Certificates that the directory is trusted by; the site's own authority by default."),
    bindDn: text("edgewave-dn").describe("Of the account that searches; its password is in the Secret dex-people."),
    userBaseDn: text("edgewave-dn").describe("Below which people are."),
    usernameAttribute: text("edgewave-ldap-attribute").optional().describe("What people log in by; uid by default."),
    emailAttribute: text("edgewave-ldap-attribute").optional().describe("mail by default."),
    groupBaseDn: text("edgewave-dn").optional().describe("Below which groups are; without it people have none."),
    memberAttribute: text("edgewave-ldap-attribute")
      .optional()
      .describe("Of a group, with its members' DNs; member by default."),
  })
  .describe("A directory on the site whose people can log in.");

const dex = z
  .strictObject({
    port: z.int().min(30_000).max(32_767).optional().describe("Port on every node; 30554 by default."),
    tokenHours: z.int().min(1).max(24).optional().describe("Hours that a login is good for; 8 by default."),
    users: z
      .array(
        z.strictObject({
          name: text("edgewave-dns-label").describe("What edgewave calls the person; never given to another one."),
          email: text("edgewave-email").describe("What the person logs in by."),
          groups: z.array(text("edgewave-dns-label")).max(20).optional(),
        }),
      )
      .max(200)
      .optional()
      .describe("People; the bcrypt hashes of their passwords are in the Secret dex-people, encrypted."),
    ldap: ldap.optional(),
  })
  .describe("Runs an issuer for people on the site: Dex, brought by Flux.");

const localIssuer = issuer("site:")
  .extend({ url: issuerUrl.optional(), dex: dex.optional() })
  .refine(({ url, dex: own }) => (url === undefined) !== (own === undefined), {
    error: "must have a url, or dex, whose address edgewave knows; not both",
  });

/** Who people are, by OpenID Connect. */
export const identity = z
  .strictObject({
    hub: issuer("hub:").optional().describe("The central issuer; sites know it by a mirror at the bastion."),
    local: localIssuer.optional().describe("An issuer on the site, for when there is no link."),
    mirrorPort: port.optional().describe("Port of the mirror at the bastion; 8443 by default."),
  })
  .describe("Issuers of tokens that the site's API server takes (OpenID Connect).");

/** Of the bastion, what is not different by nature at every site. */
export const bastionDefaults = {
  sshUser: text("edgewave-user").optional(),
  sshPort: port.optional(),
  registryPort: port.optional().describe("Port of the site's OCI registry; 5000 by default."),
  filesPort: port.optional().describe("Port of the file and package mirror; 80 by default."),
  registryAuthentication: z
    .enum(["none", "password", "certificate"])
    .optional()
    .describe("How the registry knows nodes: not at all (default), by a password or by client certificates."),
  packages: packages.optional(),
};
