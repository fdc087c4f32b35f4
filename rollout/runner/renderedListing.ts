import { createHash } from "node:crypto";
import { type Dirent, existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

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
  await writeFileAtomic(file, `${JSON.stringify(listRendered(rendered))}\n`, { mode: 0o600, fsync: false });
}

/**
 * The rendered files that are not what the last successful run left.
 * @returns undefined if no run has written down what it left.
 */
export async function changedFiles(outputDirectory: string, site: string): Promise<DriftEntry[] | undefined> {
  const { workDirectory, rendered } = siteLayout(outputDirectory, site);
  const text = await ifThere(() => readFile(join(workDirectory, listingFile), "utf8"));
  return text === undefined ? undefined : compareListings(JSON.parse(text) as Listing, listRendered(rendered));
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

/** Read at once and in order: a worker has nothing else to do, and some hundred small files cost a third so. */
function listRendered(root: string): Listing {
  return Object.fromEntries(filesIn(root, ""));
}

function filesIn(root: string, folder: string): [string, string][] {
  if (folder === "" && !existsSync(root)) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry): [string, string][] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(root, path);
    return [
      [
        path,
        createHash("sha256")
          .update(contentOf(join(root, path), entry))
          .digest("hex"),
      ],
    ];
  });
}

/** Of a link, where it points at: what is there is not the site's. A pipe or a socket would be waited for. */
function contentOf(path: string, entry: Dirent): Buffer | string {
  if (entry.isSymbolicLink()) return `link to ${readlinkSync(path)}`;
  return entry.isFile() ? readFileSync(path) : "neither a file nor a link";
}
