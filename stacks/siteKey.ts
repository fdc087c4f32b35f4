import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ResolvedSite } from "../fleet/model";

/** Folder of the sites' age keys, a file each that only its owner reads. @param out absolute; of the fleet. */
export const siteKeyFolder = (out: string): string => path.join(out, "sops");

/** Where edgewave keeps the age key by which a site reads its secrets in Git. */
export const siteKeyFile = (out: string, site: string): string => path.join(siteKeyFolder(out), `${site}.agekey`);

/** The file of a site's key is there and holds none. */
export class NoSiteKey extends Error {
  override readonly name = "NoSiteKey";
  constructor(readonly file: string) {
    super(`${file} holds no age key. Put the site's key back; its secrets in Git need it.`);
  }
}

/**
 * The age key that edgewave keeps of a site; undefined if there is none, or the site's file names a recipient whose key
 * is kept elsewhere.
 * @throws NoSiteKey
 */
export async function siteKey(out: string, site: Pick<ResolvedSite, "name" | "sops">): Promise<string | undefined> {
  if (site.sops !== undefined) return undefined;
  const file = siteKeyFile(out, site.name);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const key = /^AGE-SECRET-KEY-1[0-9A-Z]+$/m.exec(text)?.[0];
  if (key === undefined) throw new NoSiteKey(file);
  return key;
}
