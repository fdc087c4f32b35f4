import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import { compareText } from "./order";

/**
 * Hex SHA-256 over the names and contents of all files in the given files and folders (hidden files and
 * `node_modules` left out), which is the program as far as it lives in this repository. Absolute paths do not enter,
 * so two checkouts of one commit agree.
 * @param root folder that the names are relative to.
 * @param paths relative to `root`; a missing one is an error, because a digest over less would miss changes.
 */
export async function programDigest(root: string, paths: readonly string[]): Promise<string> {
  const files = (await Promise.all(paths.map((path) => filesUnder(join(root, path))))).flat();
  const hash = createHash("sha256");
  const named = files.map((file) => ({ file, name: relative(root, file).split(sep).join("/") }));
  for (const { file, name } of named.sort((a, b) => compareText(a.name, b.name))) {
    const content = await readFile(file);
    hash.update(`${name}\0${content.byteLength}\0`).update(content);
  }
  return hash.digest("hex");
}

async function filesUnder(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const wanted = entries.filter(({ name }) => !name.startsWith(".") && name !== "node_modules");
  const nested = await Promise.all(
    wanted.map((entry) => {
      const child = join(path, entry.name);
      if (entry.isDirectory()) return filesUnder(child);
      return entry.isFile() ? [child] : [];
    }),
  );
  return nested.flat();
}
