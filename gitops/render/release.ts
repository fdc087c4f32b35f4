import { inventoryPlan } from "../../components/kubespray/plan";
import type { ProfileName, Release, ResolvedSite } from "../../fleet/model";
import { overridesOf } from "../../fleet/overrides";
import { profileOf } from "../../profiles";
import type { Files } from "../files";
import { placedPatches } from "../overrides/place";
import type { Additions } from "./additions";
import { renderProfile, renderService } from "./base";
import { clusterFolder } from "./layout";
import { renderOverlay } from "./overlay";
import { type ChartService, isManifests } from "./service";
import { platformServices, servicesOf } from "./services";

/** A rendered release in the parts that a site's cut is put together from. */
export interface ReleaseTree {
  readonly release: string;
  /** By service, in order of name; those that at least one site has. */
  readonly services: ReadonlyMap<string, Files>;
  /** By profile and service, in order of name. */
  readonly profiles: ReadonlyMap<ProfileName, ReadonlyMap<string, Files>>;
  /** By name, in order. */
  readonly sites: ReadonlyMap<string, SiteTree>;
}

export interface SiteTree {
  readonly profile: ProfileName;
  /** Names of those of its services that have a chart, in order. */
  readonly services: readonly string[];
  /** Below `applications/overlays/<site>`. */
  readonly overlay: Files;
  /** Below `infrastructure/clusters/<site>`; for people and Kubespray, never for the site's cut. */
  readonly inventory: Files;
}

/**
 * Renders a release for all sites, in openCenter's layout. Equal input gives equal bytes, in whatever order sites and
 * overrides come.
 * @throws UnsafeName for a site that cannot be a folder
 * @throws Error if two sites have one name, or the release lacks a component that a site needs
 */
export function renderRelease(
  release: Release,
  sites: readonly ResolvedSite[],
  additions: Additions = {},
): ReleaseTree {
  const ordered = [...sites].sort((a, b) => (a.name < b.name ? -1 : 1));
  const trees = new Map<string, SiteTree>();
  for (const site of ordered) {
    if (trees.has(site.name))
      throw new Error(`Two sites have the name ${site.name}; a site's name is its folder in Git.`);
    trees.set(site.name, renderSite(site, release, additions));
  }
  const used = [...trees.values()];
  const inUse = (profile?: ProfileName) =>
    platformServices
      .filter((service): service is ChartService => !isManifests(service))
      .filter(({ name }) =>
        used.some((site) => (profile === undefined || site.profile === profile) && site.services.includes(name)),
      );
  const profiles = [...new Set(used.map(({ profile }) => profile))].sort();
  return {
    release: release.name,
    services: new Map(inUse().map((service) => [service.name, renderService(service, release)])),
    profiles: new Map(
      profiles.map((profile) => [
        profile,
        new Map(inUse(profile).map((service) => [service.name, renderProfile(service, profileOf(profile))])),
      ]),
    ),
    sites: trees,
  };
}

/** The texts that many sites' cuts hold. */
export function* sharedTexts(tree: ReleaseTree): Generator<string> {
  for (const files of tree.services.values()) yield* files.values();
  for (const services of tree.profiles.values()) for (const files of services.values()) yield* files.values();
}

/** All files of a tree, as the fleet's repository holds them. */
export function* filesOf(tree: ReleaseTree): Generator<readonly [string, string]> {
  for (const files of tree.services.values()) yield* files;
  for (const services of tree.profiles.values()) for (const files of services.values()) yield* files;
  for (const site of tree.sites.values()) {
    yield* site.overlay;
    yield* site.inventory;
  }
}

function renderSite(
  site: ResolvedSite,
  release: Release,
  { overrides: all = [], sealed, hub, imageSigning, policy }: Additions,
): SiteTree {
  const profile = profileOf(site.profile);
  const services = servicesOf(site, profile);
  const folder = clusterFolder(site.name);
  const overrides = overridesOf(site, all);
  const patches = placedPatches(site.name, services, overrides);
  const plan = inventoryPlan(site, release, profile);
  return {
    profile: site.profile,
    services: services.filter((service) => !isManifests(service)).map(({ name }) => name),
    overlay: renderOverlay({
      site,
      release,
      profile,
      services,
      overrides,
      patches,
      sealed: sealed?.get(site.name) ?? [],
      hub,
      imageSigning,
      policy,
    }),
    inventory: new Map(plan.map(({ path, content }) => [`${folder}/${path}`, content])),
  };
}
