import { createHash } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { compareText } from "../order";
import { ifThere } from "./ifThere";
import { siteLayout } from "./layout";

/**
 * Hex SHA-256 over a site's state file and the listing (path, size, modification time) of its rendered files, or
 * undefined if the site has no state. It changes when somebody edits, adds or removes a file or touches the state.
 */
export async function evidenceOf(outputDirectory: string, site: string): Promise<string | undefined> {
  const { checkpoint, rendered } = siteLayout(outputDirectory, site);
  const state = await ifThere(() => readFile(checkpoint));
  if (state === undefined) return undefined;
  const hash = createHash("sha256").update(`${state.byteLength}:`).update(state);
  const listing = await listFiles(rendered, rendered);
  for (const line of listing.sort(compareText)) hash.update(`${line}\n`);
  return hash.digest("hex");
}

/** One line a file, as JSON, so that no file name can imitate two. */
async function listFiles(root: string, folder: string): Promise<string[]> {
  const entries = (await ifThere(() => readdir(folder, { withFileTypes: true }))) ?? [];
  const lines = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(root, path);
      const stats = await ifThere(() => lstat(path));
      return stats === undefined ? [] : [JSON.stringify([relative(root, path), stats.size, stats.mtimeMs])];
    }),
  );
  return lines.flat();
}
