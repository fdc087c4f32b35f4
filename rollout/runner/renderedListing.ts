import { createHash } from "node:crypto";
import { lstat, mkdir, readdir, readFile, readlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";

import writeFileAtomic from "write-file-atomic";

import { compareText } from "../order";
import type { DriftEntry } from "../stackRunner";
import { ifThere } from "./ifThere";
import { siteLayout } from "./layout";

/** Hex SHA-256 by path under the site's folder. */
export type Listing = Readonly<Record<string, string>>;

const listingFile = ".rendered.json";

/** Writes down what files a successful run left, so that a comparison can name the ones that somebody changed. */
export async function recordRendered(outputDirectory: string, site: string): Promise<void> {
  const { workDirectory, rendered } = siteLayout(outputDirectory, site);
  const file = join(workDirectory, listingFile);
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${JSON.stringify(await listRendered(rendered))}\n`, { mode: 0o600, fsync: false });
}

/**
 * The rendered files that are not what the last successful run left.
 * @returns undefined if no run has written down what it left.
 */
export async function changedFiles(outputDirectory: string, site: string): Promise<DriftEntry[] | undefined> {
  const { workDirectory, rendered } = siteLayout(outputDirectory, site);
  const text = await ifThere(() => readFile(join(workDirectory, listingFile), "utf8"));
  return text === undefined ? undefined : compareListings(JSON.parse(text) as Listing, await listRendered(rendered));
}

/** What happened to the files between two listings, in order of path. Pure. */
export function compareListings(before: Listing, after: Listing): DriftEntry[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  return paths.flatMap((name): DriftEntry[] => {
    const op = operation(own(before, name), own(after, name));
    return op === undefined ? [] : [{ found: "files", op, type: "file", name, paths: [] }];
  });
}

function operation(before: string | undefined, after: string | undefined): string | undefined {
  if (before === after) return undefined;
  return before === undefined ? "create" : after === undefined ? "delete" : "update";
}

function own(listing: Listing, name: string): string | undefined {
  return Object.hasOwn(listing, name) ? listing[name] : undefined;
}

async function listRendered(root: string): Promise<Listing> {
  return Object.fromEntries(await filesIn(root, root));
}

async function filesIn(root: string, folder: string): Promise<[string, string][]> {
  const entries = (await ifThere(() => readdir(folder, { withFileTypes: true }))) ?? [];
  const found = await Promise.all(
    entries.map(async (entry): Promise<[string, string][]> => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesIn(root, path);
      const content = await ifThere(() => contentOf(path));
      return content === undefined ? [] : [[relative(root, path), createHash("sha256").update(content).digest("hex")]];
    }),
  );
  return found.flat();
}

/** Of a link, where it points at: what is there is not the site's. A pipe or a socket would be waited for. */
async function contentOf(path: string): Promise<Buffer | string> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) return `link to ${await readlink(path)}`;
  return stats.isFile() ? readFile(path) : "neither a file nor a link";
}
