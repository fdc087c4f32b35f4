import type { ResolvedSite } from "../../fleet/model";
import type { Exemption, FleetPolicy } from "../../fleet/policy";
import type { Resource } from "../resource";
import type { Context, FleetRule, FleetView, Rule, Violation } from "../rule";
import { exemptionFor } from "./exemptions";
import { environmentOf, levelOf, settingsOf } from "./level";

/** A violation with what it means for this site on this day. */
export interface Verdict {
  readonly rule: string;
  readonly site: string | undefined;
  readonly level: "advisory" | "mandatory";
  readonly violation: Violation;
  /** Set if the violation may be for now. */
  readonly exemption?: Exemption | undefined;
  /** An exemption that is over. */
  readonly ended?: Exemption | undefined;
}

/** What a rule found, before levels and exemptions, which change while nothing else does. */
export interface Found {
  readonly rule: string;
  readonly site: string | undefined;
  readonly violation: Violation;
}

export type JudgedContext = Omit<Context, "settings">;

/** What the rules for resources and stacks find in everything that one site is made of. */
export function findInStack(
  rules: readonly Rule[],
  resources: readonly Resource[],
  context: JudgedContext,
  policy: FleetPolicy | undefined,
): readonly Found[] {
  return rules.flatMap((rule) => {
    if (rule.scope === "fleet") return [];
    const full = { ...context, settings: settingsOf(rule, policy) };
    const violations =
      rule.scope === "stack"
        ? rule.check(resources, full)
        : resources.flatMap((resource) => rule.check(resource, full));
    return violations.map((violation) => ({ rule: rule.name, site: context.site?.name, violation }));
  });
}

/** What the rules for the whole fleet find. */
export function findInFleet(rules: readonly Rule[], view: FleetView, today: string): readonly Found[] {
  const { fleet } = view;
  const context = { site: undefined, release: undefined, fleet, today };
  return rules
    .filter((rule): rule is FleetRule => rule.scope === "fleet")
    .flatMap((rule) =>
      rule
        .check(view, { ...context, settings: settingsOf(rule, fleet.policy) })
        .map((violation) => ({ rule: rule.name, site: siteOf(violation), violation })),
    );
}

/** The site that a violation of a fleet rule is about. */
function siteOf({ resource }: Violation): string | undefined {
  return resource.startsWith("Site ") ? resource.slice("Site ".length) : undefined;
}

export interface Judgement {
  readonly policy: FleetPolicy | undefined;
  readonly today: string;
  readonly siteNamed: (name: string) => ResolvedSite | undefined;
}

/** What each finding means: its level, and whether it is exempt. Findings of disabled rules are left out. */
export function judge(rules: readonly Rule[], found: readonly Found[], judgement: Judgement): readonly Verdict[] {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const { policy, today } = judgement;
  return found.flatMap(({ rule: name, site, violation }) => {
    const rule = byName.get(name);
    if (rule === undefined) return [];
    const environment = environmentOf(site === undefined ? undefined : judgement.siteNamed(site), policy);
    const level = levelOf(rule, policy, environment);
    if (level === "disabled") return [];
    const { exemption, ended } = exemptionFor(policy?.exemptions ?? [], { rule: name, site, violation }, today);
    const strict = level !== "advisory" && violation.advisory === undefined;
    return [{ rule: name, site, level: strict ? "mandatory" : "advisory", violation, exemption, ended } as const];
  });
}

/** Whether a verdict stops a deployment. */
export function stops({ level, exemption }: Verdict): boolean {
  return level === "mandatory" && exemption === undefined;
}
