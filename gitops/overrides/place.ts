import type { KubernetesObject, Override, OverridePatch } from "../../fleet/overrides";
import { addedFolder, overlayFolder, valuesFolder } from "../render/layout";
import { addedService, siteVariables } from "../render/objects";
import { namesOf, type PlatformService } from "../render/service";
import { addedObjects, kustomizePatch, ownerOf, type KustomizePatch } from "./render";

type Target = OverridePatch["target"];

/**
 * The folder whose kustomization.yaml a patch has to stand in at a site, or undefined if no object there is its target.
 * It knows without rendering, because fleets are large; a test holds it against what is rendered.
 */
export function folderOf(
  target: Target,
  site: string,
  services: readonly PlatformService[],
  added: readonly KubernetesObject[],
): string | undefined {
  const { kind, name } = target;
  if (kind === "ConfigMap" && name === siteVariables) return overlayFolder(site);
  if (kind === "Kustomization") {
    const own = added.some((object) => ownerOf(object, services) === undefined);
    const known = services.some((service) => service.name === name) || (name === addedService && own);
    return known ? overlayFolder(site) : undefined;
  }
  const service = services.find((one) => namesOf(one).some((known) => known.kind === kind && known.name === name));
  if (service !== undefined) return valuesFolder(site, service.name);
  const object = added.find((one) => one.kind === kind && one.metadata.name === name);
  if (object === undefined) return undefined;
  const owner = ownerOf(object, services);
  return owner === undefined ? addedFolder(site) : valuesFolder(site, owner.name);
}

/**
 * Patches by the folder of their kustomization.yaml, in the order in which they act.
 * @param overrides those for the site, in order.
 * @throws Error for a patch without a target, which is a finding of `overrideFindings` too
 */
export function placedPatches(
  site: string,
  services: readonly PlatformService[],
  overrides: readonly Override[],
): ReadonlyMap<string, readonly KustomizePatch[]> {
  const added = [...addedObjects(overrides).values()].flat();
  const byFolder = new Map<string, KustomizePatch[]>();
  for (const { name, patches } of overrides) {
    for (const patch of patches) {
      const folder = folderOf(patch.target, site, services, added);
      if (folder === undefined) {
        const { kind, name: target } = patch.target;
        throw new Error(`Override ${name} patches ${kind}/${target}, which site ${site} does not have.`);
      }
      byFolder.set(folder, [...(byFolder.get(folder) ?? []), kustomizePatch(patch)]);
    }
  }
  return byFolder;
}
