import type { ResolvedSite } from "../fleet/model";
import type { RolloutState } from "./state";

/** Deferred sites that are said to have a link again, in the order of the waves. */
export function returnedSites(state: RolloutState, sites: readonly ResolvedSite[]): ResolvedSite[] {
  const known = new Map(sites.map((site) => [site.name, site]));
  return [...state.sites.values()].flatMap(({ site, outcome }) => {
    const now = known.get(site);
    return outcome === "deferred" && now !== undefined && now.offline === undefined ? [now] : [];
  });
}
