import type { CatalogComponent } from "./component";
import { fluxVersions } from "./flux";
import { giteaVersions } from "./gitea";
import { identityVersions } from "./identity";
import { ingestionVersions } from "./ingestion";
import { kubernetesVersions } from "./kubernetes";
import { kubesprayVersions } from "./kubespray";
import { networkVersions } from "./network";
import { nodeVersions } from "./node";
import { observabilityVersions } from "./observability";
import { platformVersions } from "./platform";
import { storageVersions } from "./storage";

/** Every component at every version that a release may use; the versions of one component are oldest first. */
export const catalog: readonly CatalogComponent[] = [
  ...kubernetesVersions,
  ...kubesprayVersions,
  ...nodeVersions,
  ...networkVersions,
  ...storageVersions,
  ...fluxVersions,
  ...giteaVersions,
  ...identityVersions,
  ...ingestionVersions,
  ...observabilityVersions,
  ...platformVersions,
];

const byName = new Map<string, CatalogComponent[]>();
for (const component of catalog) byName.set(component.name, [...(byName.get(component.name) ?? []), component]);

/** @returns the component at that version, or undefined if the catalog does not have it. */
export function catalogComponent(name: string, version: string): CatalogComponent | undefined {
  return byName.get(name)?.find((component) => component.version === version);
}

/** @returns the versions of a component, oldest first; empty for an unknown name. */
export function catalogVersions(name: string): readonly string[] {
  return byName.get(name)?.map((component) => component.version) ?? [];
}

/** Every component name of the catalog, in alphabetical order. */
export const catalogNames: readonly string[] = [...byName.keys()].sort();
