import { matches } from "../../fleet/select";
import type { FleetRule } from "../rule";
import { violationOf } from "../violation";

export const oneReleasePerWave: FleetRule = {
  name: "one-release-per-wave",
  area: "fleet",
  scope: "fleet",
  description: "All sites of a wave are to have the wave's release, and no other rollout wants another one for them.",
  why: "A wave proves one release. A site that another rollout has taken further would be taken back by the next run, and proves nothing.",
  fix: "Remove the rollout that is over, or let the selectors of two rollouts keep apart.",
  level: "advisory",
  check: ({ fleet, releaseOf }) =>
    fleet.rollouts.flatMap((rollout) => {
      const selected = fleet.sites.filter((site) => matches(rollout.selector, site));
      return rollout.waves.flatMap((wave) => {
        const others = selected
          .filter((site) => matches(wave.selector, site))
          .map((site) => ({ site, release: releaseOf(site)?.name }))
          .filter(({ release }) => release !== undefined && release !== rollout.release);
        const first = others[0];
        if (first === undefined) return [];
        const more = others.length === 1 ? "" : ` (and ${others.length - 1} more)`;
        return [
          violationOf(`Rollout ${rollout.name}`, {
            field: `waves.${wave.name}`,
            value: `site ${first.site.name} is to have ${first.release ?? "nothing"}${more}`,
            limit: `the wave is of release ${rollout.release}`,
            from: { document: "rollout", name: rollout.name, path: ["spec", "release"] },
          }),
        ];
      });
    }),
};
