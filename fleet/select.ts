import type { ResolvedSite, Selector } from "./model";

/** A site matches if every part of the selector matches; an empty part matches every site. */
export function matches(selector: Selector, site: ResolvedSite): boolean {
  return (
    contains(selector.names, site.name) &&
    contains(selector.regions, site.region) &&
    contains(selector.profiles, site.profile) &&
    Object.entries(selector.matchLabels).every(
      ([key, value]) => Object.hasOwn(site.labels, key) && site.labels[key] === value,
    )
  );
}

function contains<T>(list: readonly T[], item: T): boolean {
  return list.length === 0 || list.includes(item);
}
