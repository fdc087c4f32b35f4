import { z } from "zod";
import { caFile, commandGate, file, httpGate, promqlGate, soakGate } from "./askedGates";
import { text } from "./formats";
import { duration, longestWait, template, timesFit, timing } from "./gateParts";
import { amount } from "./quantity";

export { gateDefaults } from "./gateParts";

const nodesReady = z
  .strictObject({
    type: z.literal("nodesReady"),
    ...timing,
    minReady: amount.optional().describe("Nodes that must be Ready and take pods, as a number or a share; 100%."),
  })
  .superRefine(timesFit)
  .describe("The site's nodes are Ready.");

const fluxReady = z
  .strictObject({
    type: z.literal("fluxReady"),
    ...timing,
    namespaces: z.array(text("edgewave-dns-label")).min(1).max(100).optional().describe("All by default."),
    includeHelmReleases: z.boolean().optional().describe("true by default."),
  })
  .superRefine(timesFit)
  .describe("Flux has applied the promoted commit, and all of it is Ready.");

const git = z
  .strictObject({
    type: z.literal("git"),
    ...timing,
    branch: text("edgewave-branch").optional().describe("status by default."),
    file: template("edgewave-repository-path", "site")
      .optional()
      .describe("status.json by default; its signature is beside it and ends in .sig."),
    allowedSignersFile: file("site")
      .optional()
      .describe("Who may sign; the key that the site was rolled out with by default."),
  })
  .superRefine(timesFit)
  .describe("The site's own report, in its repository, says that it runs the promoted commit and all of it is Ready.");

const certificates = z
  .strictObject({
    type: z.literal("certificates"),
    ...timing,
    endpoints: z.array(template("edgewave-endpoint", "site").max(512)).min(1).max(50).optional(),
    apiServer: z.boolean().optional().describe("The API server's too, and the administrator's; false by default."),
    renderedFiles: z.boolean().optional().describe("Those among the rendered files too; true by default."),
    margin: duration(0, longestWait, 'at most "366d"').optional().describe("Beyond the longest outage; 7d by default."),
    caFile: caFile("site"),
  })
  .superRefine(timesFit)
  .superRefine(({ endpoints, apiServer, renderedFiles }, context) => {
    if (endpoints !== undefined || apiServer === true || renderedFiles !== false) return;
    const message = "leaves nothing to look at; name endpoints or apiServer";
    context.addIssue({ code: "custom", path: ["renderedFiles"], message });
  })
  .describe("No certificate runs out while the site may be dark.");

/** The gates of a rollout or wave, as people write them. */
export const gatesSchema = z
  .array(
    z.discriminatedUnion("type", [
      nodesReady,
      fluxReady,
      httpGate("site", "https://gitea.{domain}/api/healthz"),
      promqlGate("site", 'min(up{site="{site}"})'),
      commandGate("site"),
      git,
      certificates,
      soakGate,
    ]),
  )
  .max(20)
  .describe("Checks between applied and done of each site, all of which must pass.");

/** What a wave as a whole is asked, as people write it. */
export const waveGatesSchema = z
  .array(
    z.discriminatedUnion("type", [
      httpGate("wave", "https://slo.{fleetDomain}/api/budget?release={release}"),
      promqlGate("wave", 'sum(rate(bridge_lost_total{site=~"{sites}"}[10m]))'),
      commandGate("wave"),
      soakGate,
    ]),
  )
  .max(20)
  .describe(
    "Checks of the wave as a whole, once each of its sites has an outcome; the next wave starts when all have passed.",
  );

export type GatesDocument = z.output<typeof gatesSchema>;
export type WaveGatesDocument = z.output<typeof waveGatesSchema>;
export type GateDocument = GatesDocument[number];
export type WaveGateDocument = WaveGatesDocument[number];
