import { z } from "zod";
import { document, labels, profileName, region } from "./document";
import { text } from "./formats";
import { amount, durationSeconds, size } from "./quantity";

const selector = z
  .strictObject({
    names: z.array(text("edgewave-dns-label")).optional(),
    regions: z.array(region).optional(),
    profiles: z.array(profileName).optional(),
    matchLabels: labels.optional(),
  })
  .describe("Sites that match all parts; a part that is empty or absent matches every site.");

const concurrency = z.int().min(1).max(10_000).describe("Sites that may run at once.");

const wave = z.strictObject({
  name: text("edgewave-dns-label"),
  canary: z.boolean().optional().describe("Only the first wave can be one."),
  size: size.describe("2, 25% of all selected sites, or rest."),
  selector: selector.optional(),
  maxConcurrency: concurrency.optional(),
  maxFailures: amount.optional().describe("0 for a canary unless given."),
  soak: durationSeconds.optional().describe("Wait after the wave, such as 10m."),
});

/** `kind: Rollout`: any number, in rollouts/*.yaml. */
export const rolloutSchema = document(
  "Rollout",
  "Taking selected sites to a release, wave by wave.",
  z.strictObject({ name: text("edgewave-dns-label") }),
  z.strictObject({
    release: text("edgewave-release-name"),
    selector: selector.optional(),
    maxConcurrency: concurrency,
    maxFailures: amount
      .optional()
      .describe("Failed sites, as a number or a share; more halt the rollout. 0 by default."),
    maxDeferred: amount.optional().describe("Deferred sites; more halt the rollout. No limit by default."),
    waves: z.array(wave).min(1).max(1000),
  }),
);

export type RolloutDocument = z.output<typeof rolloutSchema>;
export type SelectorDocument = z.output<typeof selector>;
