import type { KubernetesObject, OverridePatch } from "../../fleet/overrides";
import { overlayFolder } from "../render/layout";
import type { Files } from "../files";
import { builtObjects, type BuiltObject } from "./builtObjects";

/** An object with the folder whose kustomization patches it. */
export interface SiteObject extends BuiltObject {
  readonly folder: string;
}

/** Everything that Flux applies from a site's cut: what the overlay holds, and what its Kustomizations lead to. */
export function siteObjects(cut: Files, site: string): readonly SiteObject[] {
  const root = overlayFolder(site);
  const inFolder = (folder: string) => builtObjects(cut, folder).map((built) => ({ ...built, folder }));
  const top = inFolder(root);
  return [...top, ...top.flatMap(({ object }) => (isFluxKustomization(object) ? inFolder(pathOf(object)) : []))];
}

/** The one object that a patch is for. */
export function targetOf(
  objects: readonly SiteObject[],
  { target }: Pick<OverridePatch, "target">,
): SiteObject | undefined {
  return objects.find(({ object }) => object.kind === target.kind && object.metadata.name === target.name);
}

function isFluxKustomization({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === "Kustomization" && apiVersion.startsWith("kustomize.toolkit.fluxcd.io/");
}

/** `spec.path` without its `./`. */
function pathOf(object: KubernetesObject): string {
  return String((object["spec"] as { path?: unknown } | undefined)?.path).replace(/^\.\//, "");
}
