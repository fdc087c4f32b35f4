import type { Fleet, Release } from "../fleet/model";
import { desiredHash } from "./desiredHash";
import type { FrozenSite, RolloutStarted } from "./events";
import type { Plan } from "./plan";

export interface StartInputs {
  readonly fleet: Fleet;
  readonly release: Release;
  readonly plan: Plan;
  readonly signers: readonly string[];
  readonly programDigest: string;
}

/**
 * The first event of a run: the plan and its sites, frozen as they are now. Pure.
 * @throws Error if the plan has a site that the fleet does not have.
 */
export function rolloutStarted({ fleet, release, plan, signers, programDigest }: StartInputs): RolloutStarted {
  const sites = new Map(fleet.sites.map((site) => [site.name, site]));
  const frozen = plan.waves.flatMap((wave) =>
    wave.sites.map((name): FrozenSite => {
      const site = sites.get(name);
      if (site === undefined) throw new Error(`site ${name} of the plan is not in fleet ${fleet.name}`);
      return {
        site: name,
        profile: site.profile,
        architecture: site.architecture,
        region: site.region,
        desiredHash: desiredHash({ site, release, fleet, signers, programDigest }),
        ...(site.offline === undefined ? {} : { offline: site.offline }),
      };
    }),
  );
  return {
    type: "rollout-started",
    fleet: fleet.name,
    rollout: plan.rollout,
    release: release.name,
    locked: release.lock !== undefined,
    plan,
    sites: frozen,
  };
}
