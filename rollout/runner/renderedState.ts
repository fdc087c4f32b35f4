import { readFile, rm } from "node:fs/promises";

import writeFileAtomic from "write-file-atomic";

import type { Checkpoint, StateResource } from "./checkpoint";
import { withAdopted } from "./pendingCreates";

/**
 * A checkpoint that no longer knows of any rendered file, nor of operations that were under way: the next `up` renders
 * everything anew and deletes nothing by what an old state says. Keys, passwords and certificates stay. Pure.
 *
 * A refresh would be the general way, but there is nothing to read for a rendered object: the official Kubernetes
 * provider fails with a cluster that cannot be reached. And a copied output folder's state names the files of the
 * original, which a delete step would remove.
 */
export function withoutRendered<T extends Checkpoint>(checkpoint: T): T {
  const latest = checkpoint.checkpoint?.latest;
  if (latest === undefined) return checkpoint;
  const { pending_operations: _pending, ...kept } = latest;
  return without({ ...checkpoint, checkpoint: { ...checkpoint.checkpoint, latest: kept } }, isRendered);
}

/**
 * A checkpoint that no longer knows of any command of this machine, such as those that write files: the next `up` runs
 * them again and undoes nothing by what an old state says. What is in a cluster or on hosts stays. Pure.
 */
export function withoutFiles<T extends Checkpoint>(checkpoint: T): T {
  return without(checkpoint, isLocalCommand);
}

function without<T extends Checkpoint>(checkpoint: T, forgotten: (type: string) => boolean): T {
  const latest = checkpoint.checkpoint?.latest;
  if (latest?.resources === undefined) return checkpoint;
  const gone = new Set(latest.resources.filter(({ type }) => forgotten(type)).map(({ urn }) => urn));
  const resources = latest.resources.filter(({ urn }) => !gone.has(urn)).map((resource) => unlinked(resource, gone));
  return { ...checkpoint, checkpoint: { ...checkpoint.checkpoint, latest: { ...latest, resources } } };
}

/** A resource that names none of those that are gone: engines refuse a state with dependencies that are not in it. */
function unlinked(resource: StateResource, gone: ReadonlySet<string>): StateResource {
  const { dependencies, propertyDependencies, deletedWith, replaceWith } = resource;
  const stays = (urn: string) => !gone.has(urn);
  const links = [dependencies ?? [], replaceWith ?? [], Object.values(propertyDependencies ?? {}).flat(2)].flat();
  if (links.every((urn) => urn === null || stays(urn)) && (deletedWith === undefined || stays(deletedWith))) {
    return resource;
  }
  const { deletedWith: _, ...rest } = resource;
  return {
    ...rest,
    ...(dependencies === undefined ? {} : { dependencies: dependencies.filter(stays) }),
    ...(replaceWith === undefined ? {} : { replaceWith: replaceWith.filter(stays) }),
    ...(propertyDependencies === undefined
      ? {}
      : {
          propertyDependencies: Object.fromEntries(
            Object.entries(propertyDependencies).map(([key, urns]) => [key, urns?.filter(stays) ?? null]),
          ),
        }),
    ...(deletedWith === undefined || !stays(deletedWith) ? {} : { deletedWith }),
  };
}

/** Whether resources of that type are files of a rendered site, which can be made again at any time. */
function isRendered(type: string): boolean {
  return isLocalCommand(type) || type.startsWith("kubernetes:");
}

function isLocalCommand(type: string): boolean {
  return type === "command:local:Command";
}

/**
 * Takes all rendered files of a site away, from its state and from its folder, so that the next `up` makes them anew.
 * The caller holds the site and has seen that nobody holds the stack's lock; so for the functions below.
 */
export async function forgetRendered(checkpointFile: string, renderedFolder: string): Promise<void> {
  await rewrite(checkpointFile, withoutRendered);
  await rm(renderedFolder, { recursive: true, force: true });
}

/** Takes the files of a site that has a cluster or hosts out of its state, so that the next `up` writes them anew. */
export async function forgetFiles(checkpointFile: string): Promise<void> {
  await rewrite(checkpointFile, withoutFiles);
}

/** Takes the Kubernetes objects that a killed run was making for made; a refresh must follow. */
export async function adoptPending(checkpointFile: string): Promise<void> {
  await rewrite(checkpointFile, withAdopted);
}

async function rewrite(checkpointFile: string, change: (checkpoint: Checkpoint) => Checkpoint): Promise<void> {
  const before = JSON.parse(await readFile(checkpointFile, "utf8")) as Checkpoint;
  const after = change(before);
  if (after === before) return;
  await writeFileAtomic(checkpointFile, JSON.stringify(after), { mode: 0o600 });
  // The attributes hold a digest of the file that was; the engines make new ones.
  await rm(`${checkpointFile}.attrs`, { force: true });
}
