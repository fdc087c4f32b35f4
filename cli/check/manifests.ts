import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import type { Io } from "../io";
import { UserError } from "../userError";

/**
 * YAML files of a folder and the folders in it, by path; links are not followed.
 * @throws UserError if the folder cannot be read, or a file is no YAML.
 */
export async function manifestsIn({ cwd }: Io, folder: string | undefined): Promise<ReadonlyMap<string, string>> {
  if (folder === undefined) return new Map();
  const root = path.resolve(cwd, folder);
  try {
    const entries = await readdir(root, { withFileTypes: true, recursive: true });
    const files = entries
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
      .sort();
    const read = async (file: string) => [file, sound(file, await readFile(path.join(root, file), "utf8"))] as const;
    return new Map(await Promise.all(files.map(read)));
  } catch (cause) {
    throw new UserError(
      "EDGE-CLI-003",
      `--manifests ${folder} cannot be read: ${(cause as Error).message}`,
      "Name a folder with YAML files.",
      undefined,
      { cause },
    );
  }
}

/** @throws Error with the line for a text that is no YAML: what cannot be read would pass unseen. */
function sound(file: string, text: string): string {
  for (const { errors } of parseAllDocuments(text, { logLevel: "silent" })) {
    if (errors[0] !== undefined)
      throw new Error(`${file}:${errors[0].linePos?.[0].line ?? 1}: ${errors[0].message.split("\n")[0]}`);
  }
  return text;
}
