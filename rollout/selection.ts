import type { ResolvedSite, Selector } from "../fleet/model";

/** Whether a site matches all parts of a selector; an empty part matches every site. */
export function selects(selector: Selector, site: ResolvedSite): boolean {
  return (
    (selector.names.length === 0 || selector.names.includes(site.name)) &&
    (selector.regions.length === 0 || selector.regions.includes(site.region)) &&
    (selector.profiles.length === 0 || selector.profiles.includes(site.profile)) &&
    Object.entries(selector.matchLabels).every(([key, value]) => labelOf(site, key) === value)
  );
}

/** A label's value; the site's own key wins only where the site has it, never an inherited property. */
function labelOf(site: ResolvedSite, key: string): string | undefined {
  return Object.hasOwn(site.labels, key) ? site.labels[key] : undefined;
}
