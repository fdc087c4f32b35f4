import { z } from "zod";
import { patternProblem } from "../pattern";
import type { GateScope } from "../placeholders";
import { formats, text } from "./formats";
import { duration, gateName, longestWait, template, timesFit, timing } from "./gateParts";

/** The gates that can be asked of a site and of a wave; they differ in what their placeholders stand for. */

export const file = (scope: GateScope) => template("edgewave-file", scope);
const tokenFile = (scope: GateScope) =>
  file(scope).optional().describe("File with a bearer token, relative to the fleet's folder; sent by https.");
export const caFile = (scope: GateScope) =>
  file(scope).optional().describe("File with the authorities to trust, in PEM, relative to the fleet's folder.");

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
const headers = (scope: GateScope) =>
  z
    .record(text("edgewave-header-name"), template("edgewave-header-value", scope))
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

export const httpGate = (scope: GateScope, example: string) =>
  z
    .strictObject({
      type: z.literal("http"),
      ...timing,
      url: template("edgewave-gate-url", scope).max(2048).describe(`Such as ${example}.`),
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
      headers: headers(scope),
      tokenFile: tokenFile(scope),
      caFile: caFile(scope),
    })
    .superRefine(timesFit)
    .superRefine(tokenByHttps)
    .describe("An address answers as expected.");

const prometheus = {
  site: template("edgewave-prometheus", "site")
    .max(1024)
    .optional()
    .describe("site is the one in the site's cluster, by way of its API server; hub is the fleet's. site by default."),
  wave: template("edgewave-prometheus", "wave")
    .max(1024)
    .refine((written) => written !== "site", { error: "is not one site's to answer; give hub or an address" })
    .optional()
    .describe("hub is the fleet's, and the default."),
};

export const promqlGate = (scope: GateScope, example: string) =>
  z
    .strictObject({
      type: z.literal("promql"),
      ...timing,
      prometheus: prometheus[scope],
      query: template("edgewave-query", scope).describe(`Such as ${example}.`),
      expect: text("edgewave-comparison").describe('nonEmpty, empty, or what every sample must be, such as "> 0.99".'),
      tokenFile: tokenFile(scope),
      caFile: caFile(scope),
    })
    .superRefine(timesFit)
    .superRefine(({ tokenFile: token, prometheus: url = scope === "site" ? "site" : "hub" }, context) => {
      if (url === "site" && token !== undefined) {
        context.addIssue({ code: "custom", path: ["tokenFile"], message: "is not sent to the site's Prometheus" });
      }
      tokenByHttps({ tokenFile: token, url }, context);
    })
    .describe("A query to Prometheus is answered as expected.");

export const commandGate = (scope: GateScope) =>
  z
    .strictObject({
      type: z.literal("command"),
      ...timing,
      command: z
        .array(template("edgewave-argument", scope))
        .min(1)
        .max(64)
        .refine(([program]) => program !== "", { error: "must begin with a program" })
        .describe("Program and arguments; no shell reads them. It runs in the fleet's folder."),
      environment: z
        .record(text("edgewave-variable"), template("edgewave-argument", scope))
        .optional()
        .describe("No secrets."),
    })
    .superRefine(timesFit)
    .describe("A program on the driver's machine ends with 0 (pass) or 1 (fail).");

export const soakGate = z
  .strictObject({
    type: z.literal("soak"),
    name: gateName,
    duration: duration(1, longestWait, 'at least "1s" and at most "366d"').describe("Such as 30m."),
  })
  .describe("Time passes since the last change.");
