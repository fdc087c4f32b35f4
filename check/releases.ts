import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import { matches } from "../fleet/select";

/**
 * The release that each site is to have: that of the newest rollout that selects it (by the order of releases), or the
 * fleet's newest where none does.
 * @param named wins for all sites.
 */
export function releaseChoice(fleet: Fleet, named: Release | undefined): (site: ResolvedSite) => Release | undefined {
  if (named !== undefined) return () => named;
  const newestFirst = [...fleet.releases].reverse();
  return (site) => {
    const wanted = fleet.rollouts.filter(({ selector }) => matches(selector, site)).map(({ release }) => release);
    return newestFirst.find(({ name }) => wanted.includes(name)) ?? newestFirst[0];
  };
}
