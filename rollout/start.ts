import { labelOf } from "../fleet/select";
import type { Fleet, Release, ResolvedSite } from "../fleet/model";
import { desiredHash } from "./desiredHash";
import type { FrozenSite, ReleaseBefore, RolloutStarted, SiteSuccess } from "./events";
import { noReturn, noWayDown, wayBetween } from "./hops";
import type { Plan } from "./plan";

export interface StartInputs {
  readonly fleet: Fleet;
  readonly release: Release;
  readonly plan: Plan;
  readonly signers: readonly string[];
  readonly programDigest: string;
  /** Last successes by site. */
  readonly successes: ReadonlyMap<string, SiteSuccess>;
}

/**
 * The first event of a run: the plan and its sites, frozen as they are now. Pure.
 * @throws Error if the plan has a site that the fleet does not have.
 */
export function rolloutStarted(inputs: StartInputs): RolloutStarted {
  const { fleet, release, plan } = inputs;
  const sites = new Map(fleet.sites.map((site) => [site.name, site]));
  const frozen = plan.waves.flatMap((wave) =>
    wave.sites.map((name): FrozenSite => {
      const site = sites.get(name);
      if (site === undefined) throw new Error(`site ${name} of the plan is not in fleet ${fleet.name}`);
      return frozenSite(site, wave.representation, inputs);
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
    before: releasesBefore(frozen, inputs),
  };
}

/** What the ledger keeps of a site. @param representation labels that the site's wave has to represent. */
export function frozenSite(
  site: ResolvedSite,
  representation: readonly string[],
  { fleet, release, plan, signers, programDigest }: Omit<StartInputs, "successes">,
): FrozenSite {
  const domain = plan.failureDomains && labelOf(site, plan.failureDomains.label);
  const traits = representation.flatMap((label) => {
    const value = labelOf(site, label);
    return value === undefined ? [] : [[label, value] as const];
  });
  const { windows, exceptions } = site.maintenance;
  return {
    site: site.name,
    profile: site.profile,
    architecture: site.architecture,
    region: site.region,
    desiredHash: desiredHash({ site, release, fleet, signers, programDigest }),
    ...(site.offline === undefined ? {} : { offline: site.offline }),
    ...(domain === undefined ? {} : { domain }),
    ...(traits.length === 0 ? {} : { traits: Object.fromEntries(traits) }),
    timeZone: site.timeZone,
    ...(windows.length + exceptions.length === 0 ? {} : { maintenance: site.maintenance }),
  };
}

/** The release that each site has now and the way from there, for those that have one. */
export function releasesBefore(
  sites: readonly FrozenSite[],
  { fleet, release, plan, successes }: Pick<StartInputs, "fleet" | "release" | "plan" | "successes">,
): Record<string, ReleaseBefore> {
  const targets = new Map(fleet.sites.map(({ name, target }) => [name, target]));
  const entries = sites.flatMap(({ site }) => {
    const from = successes.get(site)?.release;
    if (from === undefined) return [];
    const way = wayBetween(from, release, fleet.releases, plan.catchUp.maxHops);
    // Rendered files go down and back to anything.
    const rendered = targets.get(site) === "render";
    const down = rendered ? undefined : noWayDown(from, release, fleet.releases);
    const stays = rendered ? undefined : noReturn(from, release, fleet.releases);
    const before: ReleaseBefore = {
      release: from,
      ...way,
      ...(down === undefined ? {} : { impassable: down }),
      ...(stays === undefined ? {} : { noReturn: stays }),
    };
    return [[site, before] as const];
  });
  return Object.fromEntries(entries);
}
