import { componentsOf, upstreamRegistries, type CatalogComponent } from "../../catalog";
import type { Release } from "../../fleet/model";
import { once } from "./once";

/** Components of a release by the image repositories that they have. */
export const componentsByImage = once((release: Release): ReadonlyMap<string, readonly CatalogComponent[]> => {
  const byImage = new Map<string, CatalogComponent[]>();
  for (const component of componentsOf(release)) {
    for (const { repository } of Object.values(component.images)) {
      byImage.set(repository, [...(byImage.get(repository) ?? []), component]);
    }
  }
  return byImage;
});

/** Hosts that containerd mirrors to the bastion. */
export const mirroredRegistries = once((release: Release): readonly string[] => upstreamRegistries(release));
