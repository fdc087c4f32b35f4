import type { Profile, Workload, WorkloadName } from "../../profiles/profile";
import { ComponentArgumentError } from "../argumentError";

/**
 * What a part of the platform gets on the site.
 * @throws ComponentArgumentError `EDGE-COMPONENT-006` if the profile does not run it.
 */
export function workloadOf(
  component: string,
  profile: Pick<Profile, "name">,
  workloads: Profile["workloads"],
  name: WorkloadName,
): Workload {
  const workload = workloads[name];
  if (workload !== undefined) return workload;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-006",
    component,
    `profile ${profile.name}, workloads.${name}`,
    "the profile gives it no resources",
    "Add it to the profile",
  );
}
