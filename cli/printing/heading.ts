import type { Fleet, Release } from "../../fleet/model";
import type { Plan } from "../../rollout/plan";
import { finalSites, type RolloutState } from "../../rollout/state";
import type { Colors } from "../io";
import { plural } from "./findings";

/** What is about to be taken where; says so if the release's images have no digests. */
export function formatHeading(fleet: Pick<Fleet, "name">, release: Release, plan: Plan, colors: Colors): string {
  const sites = plan.waves.reduce((sum, wave) => sum + wave.sites.length, 0);
  const line = `${colors.bold(fleet.name)} to release ${colors.bold(release.name)} by rollout ${plan.rollout}: ${plural(sites, "site")} in ${plural(plan.waves.length, "wave")}`;
  if (release.lock !== undefined) return line;
  return `${line}\n${colors.yellow("not locked:")} the release has no digests, so its images and charts are named by tag`;
}

/** A run that goes on, and how far it is. */
export function formatUnderWay(state: RolloutState, colors: Colors): string {
  const { fleet, release, rollout, run, sites, running } = state;
  const done = finalSites(state);
  const parts = [`${done} of ${plural(sites.size, "site")} done`];
  if (running > 0) parts.push(`${running} in flight`);
  if (sites.size > done + running) parts.push(`${sites.size - done - running} waiting`);
  const head = `${colors.bold(fleet)} to release ${colors.bold(release)} by rollout ${rollout}`;
  return `${head}, on from run ${run}: ${parts.join(", ")}`;
}
