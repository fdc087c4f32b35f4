import { specificationOf } from "../components/kubespray/day2/specification";
import { inventoryPlan } from "../components/kubespray/plan";
import { type ClusterRecord, plannedSteps, stepLines } from "../components/kubespray/record";
import type { Release, ResolvedSite } from "../fleet/model";
import { profileOf } from "../profiles";

/**
 * The playbooks that a field site would be taken through, a line each, as far as that is known without asking it.
 * @param releases in order: those on the way to the last one, which it is brought to.
 * @throws ComponentArgumentError if Kubespray has no way, with the way out.
 */
export function fieldSteps(site: ResolvedSite, releases: readonly Release[], record: ClusterRecord): readonly string[] {
  const profile = profileOf(site.profile);
  let known = record;
  return releases.flatMap((release) => {
    const wanted = specificationOf(site, release, profile, inventoryPlan(site, release, profile), "");
    const lines = stepLines(plannedSteps(known, wanted));
    known = { ...known, applied: wanted, run: null };
    return releases.length === 1 ? lines : lines.map((line) => `release ${release.name}: ${line}`);
  });
}
