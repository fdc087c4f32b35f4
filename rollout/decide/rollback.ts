import type { RollbackStarted } from "../events";
import type { RolloutState, SiteState } from "../state";

/**
 * Who goes back, and who cannot, the last wave first. Sites that the rollout has changed go back to the release that
 * they had, and a failed or cancelled run may have changed things before its end; a site that was found unchanged, or
 * that was never run, is where it was.
 * @param wave undefined takes all waves back.
 */
export function rollbackOf(
  state: RolloutState,
  { by, reason, wave }: { readonly by: string; readonly reason: string; readonly wave?: string | undefined },
): RollbackStarted {
  const changed = [...state.sites.values()].filter((site) => site.changed && (wave ?? site.wave) === site.wave);
  const places = new Map(state.waves.map(({ plan }, index) => [plan.name, index]));
  const lastFirst = changed.toSorted((a, b) => (places.get(b.wave) ?? 0) - (places.get(a.wave) ?? 0));
  const sites: RollbackStarted["sites"][number][] = [];
  const without: RollbackStarted["without"][number][] = [];
  for (const site of lastFirst) {
    const stays = whyItStays(state, site);
    if (stays === undefined) sites.push({ site: site.site, release: site.before?.release ?? "" });
    else without.push({ site: site.site, reason: stays });
  }
  return { type: "rollback-started", by, reason, ...(wave === undefined ? {} : { wave }), sites, without };
}

function whyItStays({ release }: RolloutState, { before }: SiteState): string | undefined {
  if (before === undefined) return "it had no release before";
  if (before.release === release) return `it had release ${release} before, with other settings`;
  return before.noReturn;
}
