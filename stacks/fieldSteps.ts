import { specificationOf } from "../components/kubespray/day2/specification";
import { inventoryPlan } from "../components/kubespray/plan";
import { type ClusterRecord, plannedSteps, stepLines } from "../components/kubespray/record";
import type { Release, ResolvedSite } from "../fleet/model";
import { profileOf } from "../profiles";

/**
 * The playbooks that a field site would be taken through for a release, a line each, as far as that is known without
 * asking it.
 * @throws ComponentArgumentError if Kubespray has no way to it, with the way out.
 */
export function fieldSteps(site: ResolvedSite, release: Release, record: ClusterRecord): readonly string[] {
  const profile = profileOf(site.profile);
  const wanted = specificationOf(site, release, profile, inventoryPlan(site, release, profile), "");
  return stepLines(plannedSteps(record, wanted));
}
