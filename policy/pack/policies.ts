import type { Policies, PolicyConfigSchema, ReportViolation, StackValidationArgs } from "@pulumi/policy";
import type { FleetPolicy } from "../../fleet/policy";
import { judge, type Verdict } from "../judging/judge";
import { environmentOf, levelOf, settingsOf } from "../judging/level";
import type { Resource } from "../resource";
import type { Context, FleetRule, Level, ResourceRule, Rule, StackRule, Violation } from "../rule";
import { plainInputs, unknownText } from "./known";
import type { Subject } from "./subject";

/** What all policies of a run share. */
export interface Run {
  /** Undefined if the site could not be found: rules that need one say nothing then. */
  readonly subject: Subject | undefined;
  readonly today: string;
  /** What the site's Flux takes from Git; it is deployed too, and no resource of the stack shows it. */
  readonly git: () => readonly Resource[];
}

/** CrossGuard's policies: one for each rule, and one more for what a rule has only advice on yet. */
export function policiesOf(rules: readonly Rule[], run: Run): Policies {
  return rules.flatMap((rule) => [
    policyOf(rule, run, false),
    ...(rule.softens === true ? [policyOf(rule, run, true)] : []),
  ]);
}

function policyOf(rule: Rule, run: Run, advice: boolean): Policies[number] {
  const policy = run.subject?.fleet.policy;
  const level = levelOf(rule, policy, environmentOf(run.subject?.site, policy));
  const report = (args: Config, violations: readonly Violation[], to: ReportViolation) => {
    const chosen = withConfig(rule, run, args);
    for (const verdict of verdictsOf(rule, violations, chosen, run)) {
      if ((verdict.violation.advisory !== undefined) === advice) to(textOf(rule, verdict), verdict.violation.urn);
    }
  };
  const about = {
    name: advice ? `${rule.name}-advice` : rule.name,
    description: rule.description,
    enforcementLevel: advice && level !== "disabled" ? ("advisory" satisfies Level) : level,
    configSchema: configSchema(rule),
    tags: [rule.area],
    remediationSteps: rule.fix,
  };
  if (rule.scope !== "resource") {
    return {
      ...about,
      validateStack: (args, to) =>
        report(args, ofStack(rule, stackResources(args, run), contextOf(rule, run, args), run), to),
    };
  }
  return {
    ...about,
    validateResource: (args, to) => report(args, rule.check(resourceOf(args), contextOf(rule, run, args)), to),
    ...(rule.remediate !== undefined && !advice
      ? {
          remediateResource: (args) => {
            const after = rule.remediate?.(resourceOf(args), contextOf(rule, run, args));
            return after === undefined ? undefined : { ...after };
          },
        }
      : {}),
    // Type guards of the server ask for each of the two by itself, so a policy may be both.
    ...{ validateStack: (args: StackValidationArgs, to: ReportViolation) => report(args, ofGit(rule, run, args), to) },
  };
}

interface Config {
  getConfig<T extends object>(): T;
}

function ofStack(rule: StackRule | FleetRule, resources: readonly Resource[], context: Context, run: Run) {
  if (rule.scope === "stack") return rule.check(resources, context);
  if (run.subject === undefined) return [];
  const { fleet, site, release } = run.subject;
  // Other sites are other stacks' business, but for what they share with this one.
  return rule
    .check({ fleet, releaseOf: ({ name }) => (name === site.name ? release : undefined) }, context)
    .filter(
      ({ resource, limit }) =>
        !resource.startsWith("Site ") || resource === `Site ${site.name}` || limit.includes(`site ${site.name}`),
    );
}

function ofGit(rule: ResourceRule, run: Run, args: Config): readonly Violation[] {
  const context = contextOf(rule, run, args);
  return run.git().flatMap((resource) => rule.check(resource, context));
}

interface Given {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Readonly<Record<string, unknown>>;
}

function resourceOf({ type, name, urn, props }: Given): Resource {
  return { type, name, urn, props: plainInputs(props), origin: "stack" };
}

function stackResources({ resources }: StackValidationArgs, run: Run): readonly Resource[] {
  return [...resources.map(resourceOf), ...run.git()];
}

function contextOf(rule: Rule, run: Run, args: Config): Context {
  const { subject, today } = run;
  return {
    site: subject?.site,
    release: subject?.release,
    fleet: subject?.fleet,
    deployed: subject?.deployed,
    today,
    settings: settingsOf(rule, withConfig(rule, run, args)),
  };
}

/** The fleet's policy with what the run's own configuration says of the rule. */
function withConfig(rule: Rule, { subject }: Run, args: Config): FleetPolicy {
  const {
    exemptions,
    enforcementLevel: _,
    ...settings
  } = args.getConfig<{
    exemptions?: readonly Omit<FleetPolicy["exemptions"][number], "rule">[];
    enforcementLevel?: unknown;
  }>();
  const policy: FleetPolicy = subject?.fleet.policy ?? {
    environmentLabel: "environment",
    rules: {},
    exemptions: [],
    source: { file: "policy.yaml", line: 1 },
  };
  const own = policy.rules[rule.name] ?? { level: undefined, environments: {}, settings: {} };
  const more = (exemptions ?? []).map((exemption) => ({
    ...exemption,
    rule: rule.name,
    sites: exemption.sites ?? [],
    resources: exemption.resources ?? [],
  }));
  return {
    ...policy,
    rules: { ...policy.rules, [rule.name]: { ...own, settings: { ...own.settings, ...settings } } },
    exemptions: [...policy.exemptions, ...more],
  };
}

/** Everything of the violations that is not exempt and that is known. */
function verdictsOf(rule: Rule, violations: readonly Violation[], policy: FleetPolicy, run: Run): readonly Verdict[] {
  const site = run.subject?.site;
  const found = violations
    .filter(({ value }) => !value.includes(unknownText))
    .map((violation) => ({ rule: rule.name, site: site?.name, violation }));
  // The level is CrossGuard's to say; here only exemptions count.
  const always = { ...policy, rules: {} };
  return judge([{ ...rule, level: "mandatory", levels: {} }], found, {
    policy: always,
    today: run.today,
    siteNamed: () => site,
  }).filter(({ exemption }) => exemption === undefined);
}

function textOf(rule: Rule, { violation, ended }: Verdict): string {
  return [
    violation.message,
    ...(violation.advisory === undefined ? [] : [`Advice only: ${violation.advisory}.`]),
    ...(ended === undefined ? [] : [`An exemption of it (${ended.reason}; ${ended.owner}) ended on ${ended.until}.`]),
    rule.fix,
  ].join("\n");
}

const exemption = {
  type: "object",
  required: ["reason", "owner", "until"],
  properties: {
    sites: { type: "array", items: { type: "string" } },
    resources: { type: "array", items: { type: "string" } },
    reason: { type: "string", minLength: 1 },
    owner: { type: "string", minLength: 1 },
    until: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
  },
} as const;

/** What `--policy-pack-config` may say of a rule. Defaults are left out: the fleet's own word would be lost behind them. */
function configSchema(rule: Rule): PolicyConfigSchema {
  const settings = Object.entries(rule.settings ?? {}).map(([name, { type, description, items }]) => [
    name,
    { type, description, ...(items === undefined ? {} : { items }) },
  ]);
  return {
    properties: {
      ...Object.fromEntries(settings),
      exemptions: {
        type: "array",
        description: "What may be in spite of the rule, until a day.",
        items: exemption,
      },
    },
  } as PolicyConfigSchema;
}
