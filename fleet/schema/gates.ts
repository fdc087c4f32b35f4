import { z } from "zod";
import { patternProblem } from "../pattern";
import { placeholderProblem } from "../placeholders";
import { formats, text, type FormatName } from "./formats";
import { amount, durationSeconds } from "./quantity";

/** A text in which placeholders may stand. */
const template = (name: FormatName) =>
  text(name).superRefine((written, context) => {
    const problem = placeholderProblem(written);
    if (problem !== undefined) context.addIssue(problem);
  });

const duration = (least: number, most: number, words: string) =>
  durationSeconds.refine((seconds) => seconds >= least && seconds <= most, { error: `must be ${words}` });

const count = z.int().min(1).max(1000);

/** A site's outage is a year at most; nothing is waited for longer. */
const longestWait = 366 * 86_400;

const name = text("edgewave-dns-label").optional().describe("What reports call it; the type by default.");
const timing = {
  name,
  interval: duration(1, 86_400, 'at least "1s" and at most "1d"')
    .optional()
    .describe("From the end of one check to the next; 10s by default."),
  timeout: duration(1, longestWait, 'at least "1s" and at most "366d"')
    .optional()
    .describe("By when there is a verdict; 10m by default."),
  passes: count.optional().describe("Passes in a row that are asked for; 1 by default."),
  failures: count
    .optional()
    .describe("Fails in a row that are final; 3 by default, and none before the timeout for nodesReady and fluxReady."),
  onInconclusive: z
    .enum(["hold", "fail", "pass"])
    .optional()
    .describe("What happens when there is neither a pass nor a fail by the timeout; as the rollout says by default."),
};

const file = template("edgewave-file");
const tokenFile = file.optional().describe("File with a bearer token, relative to the fleet's folder; sent by https.");
const caFile = file.optional().describe("File with the authorities to trust, in PEM, relative to the fleet's folder.");

interface Timed {
  readonly type: string;
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly passes?: number | undefined;
}

/** A gate of which nobody could ever see the passes that it asks for is a mistake. */
function timesFit(gate: Timed, context: z.core.$RefinementCtx): void {
  const { interval = gateDefaults.interval, timeout = gateDefaults.timeout, passes = gateDefaults.passes } = gate;
  if ((passes - 1) * interval <= timeout) return;
  const message = `cannot be had: ${passes} passes every ${interval} s take longer than the timeout of ${timeout} s`;
  context.addIssue({ code: "custom", path: ["passes"], message });
}

/** What a gate has that does not say otherwise, in seconds and numbers. */
export const gateDefaults = { interval: 10, timeout: 600, passes: 1, failures: 3 } as const;

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

const statusError = { error: `must be ${formats["edgewave-status"].expected}` };
const statusRange = z
  .union([z.int().min(100).max(599), text("edgewave-status")], statusError)
  .transform((written) => {
    const [from = 0, to = from] = typeof written === "number" ? [written] : written.split("-").map(Number);
    return { from, to };
  })
  .refine(({ from, to }) => from <= to, { error: "must begin with its lower end" });

/** What carries a secret comes from files, and what frames a message is not the fleet's to say. */
const reservedHeaders = /^(?:.*authorization|cookie|host|content-length|transfer-encoding|connection|upgrade|te)$/i;
const headers = z
  .record(text("edgewave-header-name"), template("edgewave-header-value"))
  .superRefine((written, context) => {
    for (const key of Object.keys(written).filter((one) => reservedHeaders.test(one))) {
      const message = "cannot be given as a header; secrets are given by tokenFile";
      context.addIssue({ code: "custom", path: [key], message });
    }
  })
  .optional()
  .describe("Values are no secrets.");

function tokenByHttps({ tokenFile: token, url }: { tokenFile?: string; url: string }, context: z.core.$RefinementCtx) {
  if (token === undefined || !url.startsWith("http://")) return;
  context.addIssue({ code: "custom", path: ["tokenFile"], message: "needs an https:// address, or all could read it" });
}

/** Longer texts of a body take a script. */
const bodyText = text("edgewave-argument").min(1);
const http = z
  .strictObject({
    type: z.literal("http"),
    ...timing,
    url: template("edgewave-gate-url").max(2048).describe("Such as https://gitea.{domain}/api/healthz."),
    expectStatus: z.array(statusRange).min(1).max(20).optional().describe('Such as [200, "300-399"]; "200-299".'),
    bodyContains: bodyText.optional().describe("A text that the first 1 MiB of the body must hold."),
    bodyMatches: bodyText
      .max(256)
      .superRefine((written, context) => {
        const problem = patternProblem(written);
        if (problem !== undefined) context.addIssue(`is no regular expression of RE2 (${problem})`);
      })
      .optional()
      .describe("A regular expression of RE2 that the first 64 KiB of the body must match."),
    headers,
    tokenFile,
    caFile,
  })
  .superRefine(timesFit)
  .superRefine(tokenByHttps)
  .describe("An address answers as expected.");

const prometheus = template("edgewave-prometheus")
  .max(1024)
  .describe("site is the one in the site's cluster, by way of its API server; hub is the fleet's.");

const promql = z
  .strictObject({
    type: z.literal("promql"),
    ...timing,
    prometheus: prometheus.optional().describe("site by default."),
    query: template("edgewave-query").describe('Such as min(up{site="{site}"}).'),
    expect: text("edgewave-comparison").describe('nonEmpty, empty, or what every sample must be, such as "> 0.99".'),
    tokenFile,
    caFile,
  })
  .superRefine(timesFit)
  .superRefine(({ tokenFile, prometheus = "site" }, context) => {
    if (prometheus === "site" && tokenFile !== undefined) {
      context.addIssue({ code: "custom", path: ["tokenFile"], message: "is not sent to the site's Prometheus" });
    }
    tokenByHttps({ tokenFile, url: prometheus }, context);
  })
  .describe("A query to Prometheus is answered as expected.");

const command = z
  .strictObject({
    type: z.literal("command"),
    ...timing,
    command: z
      .array(template("edgewave-argument"))
      .min(1)
      .max(64)
      .refine(([program]) => program !== "", { error: "must begin with a program" })
      .describe("Program and arguments; no shell reads them. It runs in the fleet's folder."),
    environment: z.record(text("edgewave-variable"), template("edgewave-argument")).optional().describe("No secrets."),
  })
  .superRefine(timesFit)
  .describe("A program on the driver's machine ends with 0 (pass) or 1 (fail).");

const git = z
  .strictObject({
    type: z.literal("git"),
    ...timing,
    branch: text("edgewave-branch").optional().describe("main by default."),
    file: template("edgewave-repository-path").optional().describe("status/{release}.json by default."),
    allowedSignersFile: file.optional().describe("Asks for a signature in the file beside it that ends in .sig."),
  })
  .superRefine(timesFit)
  .describe("The site's own report, in its repository, says that the release works.");

const certificates = z
  .strictObject({
    type: z.literal("certificates"),
    ...timing,
    endpoints: z.array(template("edgewave-endpoint").max(512)).min(1).max(50).optional(),
    apiServer: z.boolean().optional().describe("The API server's too, and the administrator's; false by default."),
    renderedFiles: z.boolean().optional().describe("Those among the rendered files too; true by default."),
    margin: duration(0, longestWait, 'at most "366d"').optional().describe("Beyond the longest outage; 7d by default."),
    caFile,
  })
  .superRefine(timesFit)
  .superRefine(({ endpoints, apiServer, renderedFiles }, context) => {
    if (endpoints !== undefined || apiServer === true || renderedFiles !== false) return;
    const message = "leaves nothing to look at; name endpoints or apiServer";
    context.addIssue({ code: "custom", path: ["renderedFiles"], message });
  })
  .describe("No certificate runs out while the site may be dark.");

const soak = z
  .strictObject({
    type: z.literal("soak"),
    name,
    duration: duration(1, longestWait, 'at least "1s" and at most "366d"').describe("Such as 30m."),
  })
  .describe("Time passes since the site's last change.");

/** The gates of a rollout or wave, as people write them. */
export const gatesSchema = z
  .array(z.discriminatedUnion("type", [nodesReady, fluxReady, http, promql, command, git, certificates, soak]))
  .max(20)
  .describe("Checks between applied and done, all of which must pass.");

export type GatesDocument = z.output<typeof gatesSchema>;
export type GateDocument = GatesDocument[number];
