import { readFile, rm } from "node:fs/promises";

import { ifThere } from "./ifThere";

/**
 * Removes the attribute files of a checkpoint and of its backup that are no JSON objects. gocloud.dev, the official
 * engine's storage library, writes `<file>.attrs` in place: a kill may leave it without content, and then every verb
 * fails with `failed to load checkpoint: EOF`. The library takes a missing one for no attributes
 * (`blob/fileblob/attrs.go`), so nothing is lost.
 * @param checkpoint path of the stack's checkpoint, `<stack>.json`.
 * @returns the paths that were removed.
 */
export async function removeUnreadableAttributes(checkpoint: string): Promise<string[]> {
  const removed: string[] = [];
  for (const file of [`${checkpoint}.attrs`, `${checkpoint}.bak.attrs`]) {
    const text = await ifThere(() => readFile(file, "utf8"));
    if (text === undefined || isObject(text)) continue;
    await rm(file, { force: true });
    removed.push(file);
  }
  return removed;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
