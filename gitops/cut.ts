import { yamlText } from "../components/file/yamlText";
import { type Files, joinFiles } from "./files";
import { overlayFolder } from "./render/layout";
import { kustomization } from "./render/objects";
import type { ReleaseTree } from "./render/release";

/**
 * What one site needs of a release, and nothing about any other site: the base services that it uses, what its profile
 * says about them, its own overlay, and a root `kustomization.yaml` that leads to the overlay. It has no inventory: the
 * site's Flux has no use for it.
 * @throws Error if the tree has no such site
 */
export function cutForSite(tree: ReleaseTree, name: string): Files {
  const site = tree.sites.get(name);
  if (site === undefined) throw new Error(`Release ${tree.release} was not rendered for a site named ${name}.`);
  const root: Files = new Map([["kustomization.yaml", yamlText(kustomization({ resources: [overlayFolder(name)] }))]]);
  const shared = site.services.flatMap((service) => [
    tree.services.get(service) ?? missing(tree, service),
    tree.profiles.get(site.profile)?.get(service) ?? missing(tree, service),
  ]);
  return joinFiles(root, ...shared, site.overlay);
}

function missing(tree: ReleaseTree, service: string): never {
  throw new Error(`The tree of release ${tree.release} lacks ${service}, which one of its sites uses.`);
}
