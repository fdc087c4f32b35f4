import { existsSync } from "node:fs";
import { parseAllDocuments } from "yaml";
import { objectIdentity, type KubernetesObject } from "../../fleet/overrides";
import type { Files } from "../files";
import { filesAt } from "../git/filesAt";
import { git } from "../git/run";
import { deployRef, refsIfThere } from "../git/repository";
import { siteObjects } from "../overrides/siteObjects";
import { siteHeadRef } from "./takeOver";
import { treeOf, unacceptable } from "./tree";

/** Objects that one of a site's two repositories has Flux apply: the file of each, by its identity. */
export type OwnedObjects = ReadonlyMap<string, string>;

/** An object that both of a site's repositories have Flux apply, so that they undo each other's changes for ever. */
export interface SharedObject {
  /** As `objectIdentity` gives it. */
  readonly identity: string;
  /** Of `deploy/<site>`. */
  readonly deployFile: string;
  /** Of `site/<site>`. */
  readonly siteFile: string;
}

/** Files that kustomize-controller takes for manifests where a folder has no kustomization.yaml of its own. */
const isManifest = (path: string): boolean => /\.(ya?ml|json)$/.test(path);

/**
 * What a site's own repository holds. Pure. People and programs of the site wrote it: a file that cannot be read, or holds
 * something else, has no objects.
 */
export function objectsOfSite(files: Files): OwnedObjects {
  const owned = new Map<string, string>();
  for (const [path, text] of files) {
    for (const object of documentsOf(text)) {
      if (isObject(object) && !owned.has(objectIdentity(object))) owned.set(objectIdentity(object), path);
    }
  }
  return owned;
}

/** What a site's cut of a release holds. @throws Error for a cut that is none */
export function objectsOfCut(cut: Files, site: string): OwnedObjects {
  return new Map(siteObjects(cut, site).map(({ object, file }) => [objectIdentity(object), file]));
}

/** The objects that both have, in the order of their identities. */
export function sharedObjects(deploy: OwnedObjects, own: OwnedObjects): readonly SharedObject[] {
  return [...own]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([identity, siteFile]): SharedObject[] => {
      const deployFile = deploy.get(identity);
      return deployFile === undefined ? [] : [{ identity, deployFile, siteFile }];
    });
}

/**
 * What sites keep themselves, as `edgewave git merge` has brought it to the fleet's repository last. Sites that it never
 * has brought, or of which it takes nothing, are left out.
 * @returns by the sites' names.
 * @throws GitFailed
 */
export async function keptBySites(
  fleetRepository: string,
  sites: readonly string[],
): Promise<ReadonlyMap<string, OwnedObjects>> {
  const kept = new Map<string, OwnedObjects>();
  if (!existsSync(fleetRepository)) return kept;
  const lines = await git(fleetRepository, ["for-each-ref", "--format=%(refname) %(objectname)", "refs/site/"]);
  const heads = new Map(lines.split("\n").map((line) => line.split(" ") as [ref: string, commit: string]));
  for (const site of sites) {
    const head = heads.get(siteHeadRef(site));
    const owned = head === undefined ? undefined : await keptAt(fleetRepository, head);
    if (owned !== undefined) kept.set(site, owned);
  }
  return kept;
}

async function keptAt(fleetRepository: string, head: string): Promise<OwnedObjects | undefined> {
  if ((await unacceptable(fleetRepository, await treeOf(fleetRepository, head))) !== undefined) return undefined;
  return objectsOfSite(await filesAt(fleetRepository, head, isManifest));
}

/** What is promoted to a site, in a repository here; nothing if nothing is. @throws GitFailed */
export async function deployedObjects(deployRepository: string, site: string): Promise<OwnedObjects> {
  const head = (await refsIfThere(deployRepository))?.get(deployRef)?.commit;
  const cut = head === undefined ? new Map<string, string>() : await filesAt(deployRepository, head);
  // Before the first promotion there are no files.
  return cut.size === 0 ? new Map() : objectsOfCut(cut, site);
}

function documentsOf(text: string): readonly unknown[] {
  try {
    return parseAllDocuments(text).flatMap((document) =>
      document.errors.length === 0 ? [document.toJS() as unknown] : [],
    );
  } catch {
    // More aliases than anybody writes.
    return [];
  }
}

/** Kustomize's own files are read by it and not applied. */
function isObject(value: unknown): value is KubernetesObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<Record<keyof KubernetesObject, unknown>>;
  const { name, namespace } = (metadata ?? {}) as { name?: unknown; namespace?: unknown };
  return (
    typeof apiVersion === "string" &&
    !apiVersion.startsWith("kustomize.config.k8s.io/") &&
    typeof kind === "string" &&
    typeof name === "string" &&
    (namespace === undefined || typeof namespace === "string")
  );
}
