import type { ProfileName } from "../fleet/model";
import { haEdge } from "./ha-edge";
import { micro } from "./micro";
import { mini } from "./mini";
import type { Profile } from "./profile";
import { standard } from "./standard";

export type { Profile, Range, Resources, Workload, WorkloadName } from "./profile";
export { bufferSizing, watermarkMiB, type Sizing } from "./bufferSizing";
export { observabilitySizing, retentionOf, type ObservabilitySizing } from "./observabilitySizing";
export { askedBy, bufferStorageGiB, nodeBudget, workloadsOf, type BudgetPart, type NodeBudget } from "./budget";

const byName: Readonly<Record<ProfileName, Profile>> = { micro, mini, standard, "ha-edge": haEdge };

/** The built-in profiles, the smallest first. */
export const profiles: readonly Profile[] = Object.values(byName);

/** @returns the built-in profile of that name. */
export function profileOf(name: ProfileName): Profile {
  return byName[name];
}
