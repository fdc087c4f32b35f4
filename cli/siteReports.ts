import path from "node:path";
import type { Fleet } from "../fleet/model";
import { type Judgement, neverReported } from "../probes/siteReport/judge";
import { anyReports, judgeSites } from "../probes/siteReport/siteStates";
import type { HubReports } from "./hubReports";
import type { Ledger } from "../rollout/ledger/ledger";
import type { RolloutState } from "../rollout/state";

/** How each site of a fleet stands by its own reports; by name, in the fleet's order. */
export type SiteReports = ReadonlyMap<string, Judgement>;

/**
 * Reads what of the sites' reports is in the output folder.
 * @param out absolute output folder.
 * @param hub how they came there; undefined if the folder is all the hub there is.
 * @returns undefined if no site of the fleet has ever been able to report here.
 */
export async function readSiteReports(
  fleet: Fleet,
  out: string,
  { ledger, state }: { readonly ledger: Ledger; readonly state: RolloutState },
  hub: HubReports | undefined,
  now: number,
): Promise<SiteReports | undefined> {
  const surroundings = { gitDirectory: path.join(out, "git"), outputDirectory: out };
  if (hub === undefined && !(await anyReports(surroundings))) return undefined;
  const successes = await ledger.successes();
  const promotedAt = (site: string, commit: string): number | undefined => {
    const known = state.sites.get(site);
    // A promotion comes at the end of a run, and is what the run leaves.
    if (known?.promotion?.to === commit && known.promotion.moved)
      return known.finishedAt ?? known.changedAt ?? state.at;
    return successes.get(site)?.changedAt;
  };
  const judged = await judgeSites(fleet.sites, surroundings, promotedAt, now);
  return hub === undefined ? judged : withoutHearsay(judged, hub);
}

/** Of a site that the hub did not answer for it is not known whether it has reported. */
function withoutHearsay(judged: SiteReports, { answered }: HubReports): SiteReports {
  const reason = "nothing that it may have reported was ever read from the hub here";
  return new Map(
    [...judged].map(([site, judgement]) =>
      judgement.reason === neverReported && !answered.has(site) ? [site, { ...judgement, reason }] : [site, judgement],
    ),
  );
}
