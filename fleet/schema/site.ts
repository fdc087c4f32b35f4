import { z } from "zod";
import { calendarSchema } from "./calendar";
import { architecture, document, labels, profileName, region, target, timeZone } from "./document";
import { text } from "./formats";
import { diskGiB, memoryMiB } from "./quantity";
import { bastionDefaults, identity, ingestion, link, longestName, networkDefaults, ssh } from "./settings";

const hostKeys = z
  .array(text("edgewave-host-key"))
  .min(1)
  .max(8)
  .describe("SSH host keys, such as ssh-ed25519 AAAA...; beside those in known_hosts.");

const node = z.strictObject({
  name: text("edgewave-dns-label").describe("Stable host name, unique in the fleet."),
  address: text("edgewave-ipv4"),
  roles: z
    .array(z.enum(["control-plane", "worker"]))
    .min(1)
    .max(2),
  cpu: z.int().min(1).max(1024),
  memory: memoryMiB.describe("Such as 8Gi."),
  disk: diskGiB.describe("Such as 128Gi."),
  hostKeys: hostKeys.optional(),
});

const network = z.strictObject({
  nodeCidr: text("edgewave-cidr").describe("Range of the nodes, the gateway and the bastion."),
  gateway: text("edgewave-ipv4"),
  apiVip: text("edgewave-ipv4").optional().describe("Address of the API server, for several control planes."),
  ...networkDefaults,
});

const bastion = z
  .strictObject({
    address: text("edgewave-ipv4"),
    hostKeys: hostKeys.optional(),
    host: text("edgewave-dns-name").max(longestName).optional().describe("bastion.<site>.<domain> by default."),
    ...bastionDefaults,
  })
  .describe("The site's host with the local registry and mirrors.");

const offline = z
  .strictObject({
    reason: text("edgewave-sentence"),
    since: z.iso.date().describe("Such as 2026-10-28."),
  })
  .describe("Set while the site is known to have no link; rollouts defer it.");

/** `kind: Site`: any number, in sites/*.yaml. */
export const siteSchema = document(
  "Site",
  "One edge location.",
  z.strictObject({ name: text("edgewave-dns-label"), labels: labels.optional() }),
  z.strictObject({
    profile: profileName,
    architecture,
    region,
    timeZone: timeZone.optional(),
    target: target.optional(),
    offline: offline.optional(),
    maintenance: calendarSchema.optional(),
    nodes: z.array(node).min(1).max(200),
    network,
    bastion,
    ssh: ssh.optional(),
    identity: identity.optional(),
    link: link.optional(),
    ingestion: ingestion.optional(),
  }),
);

export type SiteDocument = z.output<typeof siteSchema>;
