import type { Fleet, Release } from "../../fleet/model";
import type { Plan } from "../../rollout/plan";
import type { Colors } from "../io";
import { plural } from "./findings";

/** What is about to be taken where; says so if the release's images have no digests. */
export function formatHeading(fleet: Pick<Fleet, "name">, release: Release, plan: Plan, colors: Colors): string {
  const sites = plan.waves.reduce((sum, wave) => sum + wave.sites.length, 0);
  const line = `${colors.bold(fleet.name)} to release ${colors.bold(release.name)} by rollout ${plan.rollout}: ${plural(sites, "site")} in ${plural(plan.waves.length, "wave")}`;
  if (release.lock !== undefined) return line;
  return `${line}\n${colors.yellow("not locked:")} the release has no image digests, so its images are named by tag`;
}
