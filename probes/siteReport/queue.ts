import { readFile } from "node:fs/promises";
import path from "node:path";
import { git } from "../../gitops/git/run";
import { checkedSite } from "../../gitops/names";

/** What the hub has of the changes that a site made itself. */
export interface QueuedChanges {
  /** Full id of the head of the site's `main` at the hub; undefined if it has none. */
  readonly head: string | undefined;
  /** Commits that are in nothing that was taken over, nor on a branch of conflicts. */
  readonly waiting: number;
  /** Branches of the fleet's repository with what did not merge. */
  readonly conflicts: readonly string[];
}

/**
 * Reads what became of a site's changes from the fleet's repository: what merged is in the history of `sites`, what did not
 * is a branch below `conflicts/<site>/`.
 * @param gitDirectory the folder that stands for the hub.
 * @throws GitFailed
 */
export async function queuedChanges(gitDirectory: string, site: string): Promise<QueuedChanges> {
  const own = path.join(gitDirectory, "site", `${checkedSite(site)}.git`);
  const fleet = path.join(gitDirectory, "fleet.git");
  const [head = ""] = await refsOf(own, "refs/heads/main");
  if (head === "") return { head: undefined, waiting: 0, conflicts: [] };
  const conflicts = (await exists(fleet))
    ? (await refsOf(fleet, `refs/heads/conflicts/${site}/`, "%(refname:lstrip=2)")).toSorted()
    : [];
  return { head: head, waiting: await waitingOf(fleet, own, site, head), conflicts };
}

/** Commits of the site's own, first parents alone, that nothing in the fleet's repository holds. */
async function waitingOf(fleet: string, own: string, site: string, head: string): Promise<number> {
  const listed = await git(own, ["rev-list", "--first-parent", `--max-count=${mostCounted}`, head]);
  const commits = listed.split("\n").filter((line) => line !== "");
  if (!(await exists(fleet))) return commits.length;
  const taken = await refsOf(fleet, "refs/heads/sites");
  const listedConflicts = await refsOf(fleet, `refs/heads/conflicts/${site}/`);
  const tips = [...taken, ...listedConflicts];
  if (tips.length === 0) return commits.length;
  const held = await git(fleet, ["rev-list", ...tips, "--"]);
  const known = new Set(held.split("\n"));
  return commits.filter((commit) => !known.has(commit)).length;
}

/** More are not told apart: they wait. */
const mostCounted = 2000;

async function refsOf(repository: string, pattern: string, format = "%(objectname)"): Promise<readonly string[]> {
  if (!(await exists(repository))) return [];
  const lines = await git(repository, ["for-each-ref", `--format=${format}`, pattern]);
  return lines.split("\n").filter((line) => line !== "");
}

async function exists(repository: string): Promise<boolean> {
  return await readFile(path.join(repository, "HEAD")).then(
    () => true,
    () => false,
  );
}
