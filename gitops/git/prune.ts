import { readdir } from "node:fs/promises";
import path from "node:path";
import { git } from "./run";

/**
 * So many loose objects in one of the 256 folders that they are spread over make it worth a look, as in `git gc --auto`
 * (git-gc(1), `gc.auto`), which counts in `objects/17` too: about 1,000 in all.
 */
const many = 4;

/**
 * Removes objects that no branch has any more from a repository whose branches are replaced again and again, if there are
 * many. Those of the last hour stay, because another Git may be about to use them.
 * @throws GitFailed
 */
export async function pruneIfMany(repository: string): Promise<void> {
  const loose = await readdir(path.join(repository, "objects/17")).catch(() => []);
  if (loose.length < many) return;
  await prune(repository);
}

/** The same, however many there are; and what fetches have left that were ended in their middle. @throws GitFailed */
export async function prune(repository: string): Promise<void> {
  await git(repository, ["prune", "--expire=1.hour.ago"]);
}
