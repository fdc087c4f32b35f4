import type { Files } from "../files";
import { gitBytes } from "./run";

/**
 * Texts of a commit's plain files, by path, by two processes.
 * @param wanted which paths; the others are not read.
 * @throws GitFailed
 */
export async function filesAt(
  repository: string,
  commit: string,
  wanted: (path: string) => boolean = () => true,
): Promise<Files> {
  const listing = (await gitBytes(repository, ["ls-tree", "-r", "-z", commit])).toString("utf8");
  const entries = listing.split("\0").flatMap((entry): (readonly [path: string, id: string])[] => {
    const [, id = "", path = ""] = /^100(?:644|755) blob ([0-9a-f]{40})\t(.*)$/s.exec(entry) ?? [];
    return id !== "" && wanted(path) ? [[path, id]] : [];
  });
  const ids = [...new Set(entries.map(([, id]) => id))];
  const texts = await blobs(repository, ids);
  return new Map(entries.map(([path, id]) => [path, texts.get(id) ?? ""]));
}

/** `git cat-file --batch`: a line `id type size`, the content, a newline. */
async function blobs(repository: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const output = await gitBytes(repository, ["cat-file", "--batch"], ids.map((id) => `${id}\n`).join(""));
  const texts = new Map<string, string>();
  let offset = 0;
  for (const id of ids) {
    const end = output.indexOf(0x0a, offset);
    const size = Number(output.toString("latin1", offset, end).split(" ")[2]);
    texts.set(id, output.toString("utf8", end + 1, end + 1 + size));
    offset = end + 1 + size + 1;
  }
  return texts;
}
