import { z } from "zod";
import { calendarSchema } from "./calendar";
import { document, labels, profileName, region } from "./document";
import { text } from "./formats";
import { gatesSchema, waveGatesSchema } from "./gates";
import { amount, durationSeconds, percent, size } from "./quantity";

const expression = z
  .strictObject({
    key: text("edgewave-label-key"),
    operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
    values: z.array(text("edgewave-label-value")).optional().describe("For In and NotIn."),
  })
  .superRefine(({ operator, values }, context) => {
    const wanted = operator === "In" || operator === "NotIn";
    if (wanted === (values !== undefined && values.length > 0)) return;
    context.addIssue({ code: "custom", message: `${operator} takes ${wanted ? "one value or more" : "no values"}` });
  })
  .describe("As in Kubernetes label selectors; region, profile and architecture are labels of every site.");

const selector = z
  .strictObject({
    names: z.array(text("edgewave-dns-label")).optional(),
    regions: z.array(region).optional(),
    profiles: z.array(profileName).optional(),
    matchLabels: labels.optional(),
    matchExpressions: z.array(expression).optional(),
  })
  .describe("Sites that match all parts; a part that is empty or absent matches every site.");

const concurrency = z.int().min(1).max(10_000).describe("Sites that may be in flight at once.");

const label = text("edgewave-label-key").describe("A label, or region, profile or architecture.");

const exponential = z
  .strictObject({
    start: z.int().min(1).describe("Sites of the first wave."),
    factor: z.number().min(1).max(100).optional().describe("Growth from one wave to the next; 2 by default."),
    max: z.int().min(1).optional().describe("Most sites of one wave; no limit by default."),
  })
  .describe("Waves that grow, until no site is left.");

const approval = z
  .strictObject({
    count: z.int().min(1).max(20).optional().describe("People who have to approve; 1 by default."),
    signed: z.boolean().optional().describe("Whether an approval has to be signed by an allowed signer."),
  })
  .describe("What has to be said before the wave starts.");

const shared = {
  maxFailures: amount.optional(),
  maxDeferred: amount.optional().describe("Deferred sites; more halt the rollout. No limit by default."),
  quorum: amount.optional().describe("Sites of a wave that have to be reached for it to count."),
  representation: z
    .array(label)
    .max(20)
    .optional()
    .describe("Labels of which each value in the wave has to be reached by a site."),
  gates: gatesSchema.optional(),
  waveGates: waveGatesSchema.optional(),
  maintenance: calendarSchema.optional(),
  deadline: durationSeconds.optional().describe("After it nothing more is started, such as 14d."),
};

const wave = z
  .strictObject({
    name: text("edgewave-dns-label"),
    canary: z.boolean().optional().describe("Only the first wave can be one."),
    size: size.optional().describe("2, 25% of all selected sites, or rest."),
    exponential: exponential.optional(),
    groupBy: label.optional().describe("One wave for each value of this label."),
    groups: z
      .array(text("edgewave-label-value"))
      .optional()
      .describe("With groupBy: values in the order of their waves; the others follow in order of name."),
    selector: selector.optional(),
    maxConcurrency: concurrency.optional(),
    soak: durationSeconds.optional().describe("Wait after the wave, such as 10m."),
    approval: approval.optional(),
    ...shared,
    maxFailures: amount.optional().describe("0 for a canary unless given."),
  })
  .superRefine((given, context) => {
    const kinds = (["size", "exponential", "groupBy"] as const).filter((key) => given[key] !== undefined);
    if (kinds.length === 0) context.addIssue({ code: "custom", message: "needs one of size, exponential and groupBy" });
    if (kinds.length > 1) context.addIssue({ code: "custom", message: `cannot have both ${kinds.join(" and ")}` });
    if (given.groups !== undefined && given.groupBy === undefined) {
      context.addIssue({ code: "custom", path: ["groups"], message: "has a meaning only beside groupBy" });
    }
    if (given.canary === true && given.size === undefined && kinds.length > 0) {
      context.addIssue({ code: "custom", path: ["canary"], message: "a canary is one wave: give it a size" });
    }
  });

const failureDomain = z
  .strictObject({
    label,
    maxConcurrency: concurrency.optional(),
    maxFailures: amount.optional().describe("Failed sites of one domain; more halt the rollout."),
    maxDeferred: amount.optional().describe("Deferred sites of one domain; more halt the rollout."),
  })
  .describe("Limits for sites that share a fate, such as an uplink or a power feed.");

const retry = z
  .strictObject({
    limit: z.int().min(0).max(20).describe("Repeats of a failed run; 0 by default."),
    backoff: durationSeconds.optional().describe("Wait before the first repeat; 30s by default."),
    factor: z.number().min(1).max(10).optional().describe("Growth of the wait; 2 by default."),
    maxBackoff: durationSeconds.optional().describe("Longest wait; 10m by default."),
    jitter: percent.optional().describe("By how much a wait is varied; 20% by default."),
  })
  .describe("A failed run of a site is repeated; a failed gate is not.");

const catchUp = z
  .strictObject({
    maxConcurrency: concurrency.optional().describe("The rollout's own by default."),
    expire: durationSeconds.optional().describe("How long a deferred site is waited for; for ever by default."),
    maxHops: z.int().min(1).max(50).optional().describe("Releases that a site may be taken through; 10 by default."),
    verify: z
      .union([z.literal(false), durationSeconds])
      .optional()
      .describe(
        "How long a site may take until its mirrors have caught up, its changes are taken over or listed, Flux is at the " +
          "promoted commit and its buffers are empty, before somebody is asked; 1d by default. false leaves that out.",
      ),
  })
  .describe("Rules for deferred sites that have a link again.");

/** `kind: Rollout`: any number, in rollouts/*.yaml. */
export const rolloutSchema = document(
  "Rollout",
  "Taking selected sites to a release, wave by wave.",
  z.strictObject({ name: text("edgewave-dns-label") }),
  z.strictObject({
    release: text("edgewave-release-name"),
    selector: selector.optional(),
    maxConcurrency: concurrency,
    ...shared,
    maxFailures: amount
      .optional()
      .describe("Failed sites, as a number or a share; more halt the rollout. 0 by default."),
    failureDomain: failureDomain.optional(),
    onFailure: z
      .enum(["halt", "rollback", "continue"])
      .optional()
      .describe("What an exceeded budget does; halt by default."),
    onInconclusive: z
      .enum(["hold", "fail", "pass"])
      .optional()
      .describe("What a gate without an answer does after its timeout; hold by default."),
    retry: retry.optional(),
    catchUp: catchUp.optional(),
    preStage: z
      .boolean()
      .optional()
      .describe("Start a site only once its content is proven present at its bastion; false by default."),
    waves: z.array(wave).min(1).max(1000),
  }),
);

export type RolloutDocument = z.output<typeof rolloutSchema>;
export type SelectorDocument = z.output<typeof selector>;
export type WaveDocument = RolloutDocument["spec"]["waves"][number];
