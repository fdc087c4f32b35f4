import { z } from "zod";
import { calendarSchema } from "./calendar";
import { document, target, timeZone } from "./document";
import { hasForm, text } from "./formats";
import {
  alerts,
  bastionDefaults,
  identity,
  ingestion,
  link,
  longestName,
  networkDefaults,
  platform,
  ssh,
} from "./settings";

/** Before it stand `bastion.` and the site's name with its dot. */
const longestDomain = longestName - "bastion.".length - 64;
/** A name, and a colon with five digits. */
const longestHostPort = longestName + 6;
/** Gitea keeps addresses of mirrors in 2,048 characters; a path with the site's name is added. */
const longestUrl = 1_024;
/** A few certificates; they stand in a ConfigMap and in every site's hash. */
const longestAuthorities = 32_768;

const address = text("edgewave-git-url")
  .max(longestUrl)
  // What the form cannot know: whether a label that begins with xn-- says anything.
  .refine((url) => !hasForm("edgewave-git-url", url) || URL.canParse(url), {
    error: "is no address that can be asked",
  });

const hub = z
  .strictObject({
    gitUrl: address.describe("Base address of the hub's Gitea."),
    registry: text("edgewave-host-port")
      .max(longestHostPort)
      .describe("The hub's registry; bastions pull from it, sites never do."),
    kafkaBootstrap: text("edgewave-host-port").max(longestHostPort).describe("Where ingested messages end."),
    gitAuthority: text("edgewave-authorities")
      .max(longestAuthorities)
      .optional()
      .describe(
        "Certificates in PEM that the hub's Gitea is trusted by, here and at the sites; the system's by default.",
      ),
    objectStore: z
      .strictObject({
        url: address,
        region: text("edgewave-dns-label").optional().describe("us-east-1 by default."),
        metricsBucket: text("edgewave-bucket"),
        backupsBucket: text("edgewave-bucket"),
      })
      .transform((store) => ({ ...store, region: store.region ?? "us-east-1" }))
      .optional()
      .describe("S3 where sites' metrics (by Thanos) and backups end; each site needs logins for it."),
    lokiUrl: address.optional().describe("Base address of the hub's Loki; sites send it their logs and alerts."),
    prometheusUrl: address.optional().describe("Base address of the hub's Prometheus, for gates that ask it."),
  })
  .describe("The central side.");

/** Where releases are published, and sites promoted. */
const publish = z
  .strictObject({
    to: z.literal("hub").describe("The Gitea at hub.gitUrl, which edgewave hub setup prepares."),
    maxConcurrency: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe("Sites whose repositories are asked or written at once; 8 by default."),
  })
  .describe("Without it the Git repositories stay in the output folder.");

/** `spec.defaults`, which can be sound while the rest of fleet.yaml is not. */
export const fleetDefaultsSchema = z
  .strictObject({
    target: target.optional(),
    ssh: ssh.optional(),
    identity: identity.optional(),
    timeZone: timeZone.optional(),
    maintenance: calendarSchema.optional(),
    network: z.strictObject(networkDefaults).optional(),
    bastion: z.strictObject(bastionDefaults).optional(),
    link: link.optional(),
    ingestion: ingestion.optional(),
    alerts: alerts.optional(),
    platform: platform.optional(),
  })
  .describe("What sites have unless they say otherwise.");

/** `kind: Fleet`: one a folder, in fleet.yaml. */
export const fleetSchema = document(
  "Fleet",
  "A fleet of edge sites: what all of them share.",
  z.strictObject({ name: text("edgewave-dns-label") }),
  z.strictObject({
    domain: text("edgewave-dns-name").max(longestDomain).describe("Each site gets <name>.<domain>."),
    hub,
    publish: publish.optional(),
    imageSigning: z
      .strictObject({
        publicKeys: z.array(text("edgewave-public-key")).min(1).max(8).describe("PEM, as cosign.pub."),
        images: z.array(text("edgewave-image-pattern")).min(1).max(64).describe("Such as registry.hub.example:5000/*."),
      })
      .optional()
      .describe("Images that must be signed by one of these keys; sites ask at admission, without the internet."),
    defaults: fleetDefaultsSchema.optional(),
  }),
);

export type FleetDocument = z.output<typeof fleetSchema>;
