import { z } from "zod";
import { document, target } from "./document";
import { text } from "./formats";
import { bastionDefaults, ingestion, link, networkDefaults, ssh } from "./settings";

const hub = z
  .strictObject({
    gitUrl: text("edgewave-git-url").describe("Base address of the hub's Gitea."),
    registry: text("edgewave-host-port").describe("The hub's registry; bastions pull from it, sites never do."),
    kafkaBootstrap: text("edgewave-host-port").describe("Where ingested messages end."),
  })
  .describe("The central side.");

/** `spec.defaults`, which can be sound while the rest of fleet.yaml is not. */
export const fleetDefaultsSchema = z
  .strictObject({
    target: target.optional(),
    ssh: ssh.optional(),
    timeZone: z.string().optional().describe("IANA name, such as Europe/Lisbon."),
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
    domain: text("edgewave-dns-name").describe("Each site gets <name>.<domain>."),
    hub,
    defaults: fleetDefaultsSchema.optional(),
  }),
);

export type FleetDocument = z.output<typeof fleetSchema>;
