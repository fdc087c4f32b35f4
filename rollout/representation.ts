import type { SiteState, RolloutState, WaveState } from "./state";

/**
 * Why the sites of a wave that were reached do not speak for it; undefined if they do. A deferred or skipped site was
 * not reached; one that failed was, and spends the failure budget instead.
 */
export function unrepresented(state: RolloutState, { plan }: WaveState): string | undefined {
  const sites = plan.sites.flatMap((name) => state.sites.get(name) ?? []);
  const reached = sites.filter(wasReached);
  if (reached.length < plan.quorum) {
    return `${reached.length} of ${sites.length} sites of wave ${plan.name} were reached; its quorum is ${plan.quorum}`;
  }
  for (const label of plan.representation) {
    const heard = new Set(reached.map((site) => site.frozen.traits?.[label]));
    const silent = [...new Set(sites.map((site) => site.frozen.traits?.[label]))]
      .filter((value) => value !== undefined && !heard.has(value))
      .sort();
    if (silent.length > 0) {
      const values = silent.slice(0, 5).join(", ") + (silent.length > 5 ? " and others" : "");
      return `no site of wave ${plan.name} with ${label} ${values} was reached, and the wave has to represent each`;
    }
  }
  return unprovenCanary(state, plan, reached);
}

function wasReached({ outcome }: SiteState): boolean {
  return outcome !== undefined && outcome !== "deferred" && outcome !== "skipped" && outcome !== "cancelled";
}

/** A canary of which nothing ran proves nothing; to go on would make the next wave the canary. */
function unprovenCanary(
  state: RolloutState,
  { canary, sites, name }: WaveState["plan"],
  reached: readonly SiteState[],
): string | undefined {
  if (!canary || sites.length === 0 || reached.length > 0) return undefined;
  const online = [...state.sites.values()].some((site) => site.phase === "pending" && !site.frozen.offline);
  if (!online) return undefined;
  return `every site of canary ${name} was deferred, so nothing has proved the release; name sites that have a link`;
}
