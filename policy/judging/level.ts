import type { FleetPolicy } from "../../fleet/policy";
import type { ResolvedSite } from "../../fleet/model";
import { labelOf } from "../../fleet/select";
import type { Level, Rule } from "../rule";

/** The environment that a site is in, by the fleet's label for it; undefined for a site in none. */
export function environmentOf(site: ResolvedSite | undefined, policy: FleetPolicy | undefined): string | undefined {
  return site === undefined ? undefined : labelOf(site, policy?.environmentLabel ?? "environment");
}

/** What holds for a rule: the fleet's word for the environment, its word for all, the rule's for the environment, the rule's. */
export function levelOf(rule: Rule, policy: FleetPolicy | undefined, environment: string | undefined): Level {
  const choice = policy?.rules[rule.name];
  const chosen = environment === undefined ? undefined : choice?.environments[environment];
  const own = environment === undefined ? undefined : rule.levels?.[environment];
  return chosen ?? choice?.level ?? own ?? rule.level;
}

/** A rule's settings: its defaults, then what the fleet says. */
export function settingsOf(rule: Rule, policy: FleetPolicy | undefined): Readonly<Record<string, unknown>> {
  const defaults = Object.fromEntries(
    Object.entries(rule.settings ?? {}).map(([name, setting]) => [name, setting.default]),
  );
  return { ...defaults, ...policy?.rules[rule.name]?.settings };
}
