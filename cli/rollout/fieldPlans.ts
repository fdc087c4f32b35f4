import path from "node:path";
import { ComponentArgumentError } from "../../components/argumentError";
import type { Fleet, Release } from "../../fleet/model";
import type { RolloutState } from "../../rollout/state";
import { fieldSteps } from "../../stacks/fieldSteps";
import { siteAccess } from "../../stacks/siteAccess";

/** What Kubespray would be run for at one site. */
export interface FieldPlan {
  readonly site: string;
  /** A line each. */
  readonly steps: readonly string[];
  /** Why there is no way, with the way out; undefined if there is one. */
  readonly refused: string | undefined;
}

/**
 * The playbooks of the field sites of a rollout, by what is written down of their clusters; no site is asked.
 * @param state as if the rollout had been started: it knows the releases on each site's way.
 * @param out absolute output folder; there may be none yet.
 */
export async function fieldPlans(
  fleet: Fleet,
  state: RolloutState,
  release: Release,
  out: string,
): Promise<readonly FieldPlan[]> {
  const sites = fleet.sites.filter(({ name, target }) => target === "field" && state.sites.get(name) !== undefined);
  const places = { kubeconfigs: path.join(out, "none"), out, runner: "", proxy: undefined };
  return Promise.all(
    sites.map(async (site): Promise<FieldPlan> => {
      const { field } = await siteAccess(places, site, 0);
      if (field === undefined) return { site: site.name, steps: [], refused: undefined };
      const hops = state.sites.get(site.name)?.before?.hops ?? [];
      const way = [...hops.flatMap((hop) => fleet.releases.find(({ name }) => name === hop) ?? []), release];
      try {
        return { site: site.name, steps: fieldSteps(site, way, field.record), refused: undefined };
      } catch (error) {
        if (!(error instanceof ComponentArgumentError)) throw error;
        return { site: site.name, steps: [], refused: error.message };
      }
    }),
  );
}
