import type { Files } from "../files";
import { batchedObjects } from "./batch";
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
  const output = await gitBytes(repository, ["cat-file", "--batch"], ids.map((id) => `${id}\n`).join(""));
  const texts = new Map(batchedObjects(output).map((object) => [object?.id, object?.content.toString("utf8")]));
  return new Map(entries.map(([path, id]) => [path, texts.get(id) ?? ""]));
}
