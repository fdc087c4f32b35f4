import type { LabelExpression, ResolvedSite, Selector } from "./model";

/** A site matches if every part of the selector matches; an empty part matches every site. */
export function matches(selector: Selector, site: ResolvedSite): boolean {
  return (
    contains(selector.names, site.name) &&
    contains(selector.regions, site.region) &&
    contains(selector.profiles, site.profile) &&
    Object.entries(selector.matchLabels).every(
      ([key, value]) => Object.hasOwn(site.labels, key) && site.labels[key] === value,
    ) &&
    selector.matchExpressions.every((expression) => holds(expression, site))
  );
}

/** What a site has under a label; `region`, `profile` and `architecture` are labels of every site. */
export function labelOf(site: ResolvedSite, label: string): string | undefined {
  if (label === "region" || label === "profile" || label === "architecture") return site[label];
  return Object.hasOwn(site.labels, label) ? site.labels[label] : undefined;
}

/** As Kubernetes does it: a site without the label matches `NotIn` and `DoesNotExist` (labels.Requirement.Matches). */
function holds({ key, operator, values }: LabelExpression, site: ResolvedSite): boolean {
  const value = labelOf(site, key);
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}

function contains<T>(list: readonly T[], item: T): boolean {
  return list.length === 0 || list.includes(item);
}
