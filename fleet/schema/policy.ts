import { z } from "zod";
import type { FleetPolicy } from "../policy";
import type { SourcePosition } from "../model";
import { document } from "./document";
import { text } from "./formats";

const level = z
  .enum(["disabled", "advisory", "mandatory", "remediate"])
  .describe("advisory: reported; mandatory: stops; remediate: corrected by CrossGuard where there is a safe way.");

const rule = z
  .strictObject({
    level: level.optional(),
    environments: z
      .record(text("edgewave-label-value"), level)
      .optional()
      .describe("Levels by environment of the site; they win over level."),
    settings: z
      .record(z.string().max(100), z.unknown())
      .optional()
      .describe("What docs/policies.md names under the rule's settings."),
  })
  .describe("What differs from the rule's own.");

const exemption = z
  .strictObject({
    rule: text("edgewave-dns-label").describe("Name of the rule, such as no-host-path."),
    sites: z.array(text("edgewave-dns-label")).min(1).optional().describe("Names of sites; all if left out."),
    resources: z
      .array(text("edgewave-sentence"))
      .min(1)
      .optional()
      .describe("As violations name them; * stands for anything. All if left out."),
    reason: text("edgewave-sentence").describe("Why it has to be so for now."),
    owner: text("edgewave-sentence").describe("Who answers for it and will end it."),
    until: z.iso.date().describe("The last day, such as 2027-03-31; from the next day on the rule holds again."),
  })
  .describe("What may be in spite of a rule, for a while.");

/** `kind: Policy`: one a folder, in policy.yaml; a fleet without it has every rule as it is. */
export const policySchema = document(
  "Policy",
  "What a fleet says of the rules that its sites are held to.",
  z.strictObject({ name: text("edgewave-dns-label") }),
  z.strictObject({
    environmentLabel: text("edgewave-label-key")
      .optional()
      .describe("Label of a site that names its environment; environment if left out."),
    rules: z.record(text("edgewave-dns-label"), rule).optional().describe("By name of the rule."),
    exemptions: z.array(exemption).optional(),
    admission: z
      .enum(["deny", "audit"])
      .optional()
      .describe("What Kyverno does on sites where a mandatory rule is broken: deny (default), or only report."),
  }),
);

export type PolicyDocument = z.output<typeof policySchema>;

/** A policy as written, with its defaults. */
export function resolvePolicy({ spec }: PolicyDocument, source: SourcePosition): FleetPolicy {
  return {
    environmentLabel: spec.environmentLabel ?? "environment",
    rules: Object.fromEntries(
      Object.entries(spec.rules ?? {}).map(([name, { level: chosen, environments, settings }]) => [
        name,
        { level: chosen, environments: environments ?? {}, settings: settings ?? {} },
      ]),
    ),
    exemptions: (spec.exemptions ?? []).map(({ sites, resources, ...rest }) => ({
      ...rest,
      sites: sites ?? [],
      resources: resources ?? [],
    })),
    ...(spec.admission !== undefined && { admission: spec.admission }),
    source,
  };
}
