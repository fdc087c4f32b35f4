import { z } from "zod";
import { calendarSchema } from "./calendar";
import { document, target, timeZone } from "./document";
import { hasForm, text } from "./formats";
import { bastionDefaults, identity, ingestion, link, longestName, networkDefaults, ssh } from "./settings";

/** Before it stand `bastion.` and the site's name with its dot. */
const longestDomain = longestName - "bastion.".length - 64;
/** A name, and a colon with five digits. */
const longestHostPort = longestName + 6;
/** Gitea keeps addresses of mirrors in 2,048 characters; a path with the site's name is added. */
const longestUrl = 1_024;

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
    prometheusUrl: address.optional().describe("Base address of the hub's Prometheus, for gates that ask it."),
  })
  .describe("The central side.");

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
    defaults: fleetDefaultsSchema.optional(),
  }),
);

export type FleetDocument = z.output<typeof fleetSchema>;
