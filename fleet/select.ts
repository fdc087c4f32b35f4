import { meetsRequirement } from "./labelRequirement";
import type { ResolvedSite, Selector } from "./model";

/** A site matches if every part of the selector matches; an empty part matches every site. */
export function matches(selector: Selector, site: ResolvedSite): boolean {
  return (
    contains(selector.names, site.name) &&
    contains(selector.regions, site.region) &&
    contains(selector.profiles, site.profile) &&
    Object.entries(selector.matchLabels).every(
      ([key, value]) => Object.hasOwn(site.labels, key) && site.labels[key] === value,
    ) &&
    selector.matchExpressions.every(({ key, operator, values }) =>
      meetsRequirement(labelOf(site, key), operator, values),
    )
  );
}

/** What a site has under a label; `region`, `profile` and `architecture` are labels of every site. */
export function labelOf(site: ResolvedSite, label: string): string | undefined {
  if (label === "region" || label === "profile" || label === "architecture") return site[label];
  return Object.hasOwn(site.labels, label) ? site.labels[label] : undefined;
}

function contains<T>(list: readonly T[], item: T): boolean {
  return list.length === 0 || list.includes(item);
}
