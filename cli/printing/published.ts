import type { HubPublished } from "../../gitops/hub/publish";
import type { Published } from "../../gitops/publish";
import type { Colors } from "../io";
import { plural } from "./findings";

/** What a publish did to the hub's repositories, a line each. */
export function formatPublished(published: Published, colors: Colors): string[] {
  const { release, fleet, sites, stale } = published;
  const moved = sites.filter((site) => site.moved).length;
  const commit = fleet.commit.slice(0, 10);
  const lines = [
    fleet.moved
      ? `git: release ${release} is now commit ${commit} in fleet.git, new for ${moved} of ${plural(sites.length, "site")}`
      : moved > 0
        ? `git: release ${release} is commit ${commit} in fleet.git as before, new for ${moved} of ${plural(sites.length, "site")}`
        : `git: release ${release} is published, nothing is new`,
  ].map(colors.dim);
  for (const lock of [fleet, ...sites].flatMap((branch) => branch.removedLocks ?? [])) {
    lines.push(colors.yellow(`git: removed ${lock}, which a killed process had left`));
  }
  if (stale.length > 0) {
    const named = stale.slice(0, 5).join(", ") + (stale.length > 5 ? ` and ${stale.length - 5} more` : "");
    lines.push(
      colors.yellow(
        `no longer in the fleet: ${named}; what they have stays. To remove a site, put its file back, run edgewave site destroy, and take it out again`,
      ),
    );
  }
  return lines;
}

/** What a push to the hub did, a line each. */
export function formatHubPublished({ fleet, sites }: HubPublished, url: string, colors: Colors): string[] {
  if (!fleet && sites.length === 0) return [colors.dim(`hub: ${url} has it already`)];
  return [colors.dim(`hub: pushed to ${url}, new for ${plural(sites.length, "site")}`)];
}
