import path from "node:path";
import type { Fleet } from "../fleet/model";
import type { Judgement } from "../probes/siteReport/judge";
import { anyReports, judgeSites } from "../probes/siteReport/siteStates";
import type { Ledger } from "../rollout/ledger/ledger";
import type { RolloutState } from "../rollout/state";

/** How each site of a fleet stands by its own reports; by name, in the fleet's order. */
export type SiteReports = ReadonlyMap<string, Judgement>;

/**
 * Reads what the sites have reported to the hub.
 * @param out absolute output folder.
 * @returns undefined if no site of the fleet has ever been able to report here.
 */
export async function readSiteReports(
  fleet: Fleet,
  out: string,
  { ledger, state }: { readonly ledger: Ledger; readonly state: RolloutState },
  now: number,
): Promise<SiteReports | undefined> {
  const surroundings = { gitDirectory: path.join(out, "git"), outputDirectory: out };
  if (!(await anyReports(surroundings))) return undefined;
  const successes = await ledger.successes();
  const promotedAt = (site: string, commit: string): number | undefined => {
    const known = state.sites.get(site);
    // A promotion comes at the end of a run, and is what the run leaves.
    if (known?.promotion?.to === commit && known.promotion.moved)
      return known.finishedAt ?? known.changedAt ?? state.at;
    return successes.get(site)?.changedAt;
  };
  return judgeSites(fleet.sites, surroundings, promotedAt, now);
}
