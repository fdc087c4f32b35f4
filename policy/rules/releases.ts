import type { Release } from "../../fleet/model";
import type { FleetView, Origin } from "../rule";

/** The releases that sites are to have, in order of name, each once. */
export function releasesOf({ fleet, releaseOf }: FleetView): readonly Release[] {
  const used = new Map<string, Release>();
  for (const site of fleet.sites) {
    const release = releaseOf(site);
    if (release !== undefined) used.set(release.name, release);
  }
  return [...used.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Why what only a lock can give is advice for now; undefined once the release is locked, or nothing is known of it. */
export function whileUnlocked(release: Release | undefined): string | undefined {
  return release !== undefined && release.lock === undefined ? `release ${release.name} is not locked yet` : undefined;
}

/** Where a release says the version of a component, as far as it says it itself. */
export function originIn(release: Release, component: string): Origin {
  const path =
    component === "kubernetes" || component === "kubespray"
      ? ["spec", component]
      : component in release.components
        ? ["spec", "components", component]
        : ["spec", "kubespray"];
  return { document: "release", name: release.name, path };
}
