import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import type { Found } from "../policy/judging/judge";

/** What was found at a site when its inputs were what `key` says. */
export interface CachedSite {
  readonly key: string;
  readonly found: readonly Found[];
}

const text = z.string();
const origin = z.object({
  document: z.enum(["site", "fleet", "release", "rollout", "policy"]),
  name: text.optional(),
  path: z.array(z.union([text, z.number()])),
});
const violation = z.object({
  resource: text,
  field: text,
  value: text,
  limit: text,
  message: text,
  urn: text.optional(),
  from: origin.optional(),
  advisory: text.optional(),
});
const schema = z.object({
  sites: z.record(
    text,
    z.object({ key: text, found: z.array(z.object({ rule: text, site: text.optional(), violation })) }),
  ),
});

/**
 * What earlier checks found, by site.
 * @returns empty for a file that is missing or that is not whole: then everything is built again.
 */
export async function readCache(file: string): Promise<ReadonlyMap<string, CachedSite>> {
  try {
    const { sites } = schema.parse(JSON.parse(await readFile(file, "utf8")));
    return new Map(Object.entries(sites) as [string, CachedSite][]);
  } catch {
    return new Map();
  }
}

/** Writes the file whole or not at all. @throws what the file system says. */
export async function writeCache(file: string, sites: ReadonlyMap<string, CachedSite>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, JSON.stringify({ sites: Object.fromEntries(sites) }));
}
