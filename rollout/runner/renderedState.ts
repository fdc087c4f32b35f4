import { readFile, rm } from "node:fs/promises";

import writeFileAtomic from "write-file-atomic";

/** The parts of a checkpoint (version 3, the file backend's) that a repair looks at; all else is kept as it is. */
export interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly { readonly urn: string; readonly type: string }[];
      readonly pending_operations?: readonly unknown[];
    };
  };
}

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
  const resources = latest.resources?.filter(({ type }) => !isRendered(type));
  return {
    ...checkpoint,
    checkpoint: { ...checkpoint.checkpoint, latest: { ...kept, ...(resources === undefined ? {} : { resources }) } },
  };
}

/** Whether resources of that type are files of a rendered site, which can be made again at any time. */
function isRendered(type: string): boolean {
  return type === "command:local:Command" || type.startsWith("kubernetes:");
}

/**
 * Takes all rendered files of a site away, from its state and from its folder, so that the next `up` makes them anew.
 * The caller holds the site and has seen that nobody holds the stack's lock.
 */
export async function forgetRendered(checkpointFile: string, renderedFolder: string): Promise<void> {
  const checkpoint = JSON.parse(await readFile(checkpointFile, "utf8")) as Checkpoint;
  await writeFileAtomic(checkpointFile, JSON.stringify(withoutRendered(checkpoint)), { mode: 0o600 });
  // The attributes hold a digest of the file that was; the engines make new ones.
  await rm(`${checkpointFile}.attrs`, { force: true });
  await rm(renderedFolder, { recursive: true, force: true });
}
