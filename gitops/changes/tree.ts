import { emptyTree } from "../git/objectId";
import { git, gitBytes } from "../git/run";
import { checkedPath, UnsafeName } from "../names";

/** A site's own files are manifests and settings that people write, and its reports. */
const mostFiles = 5_000;
const largestFile = 1024 * 1024;
const largestTree = 32 * 1024 * 1024;

/** Id of a commit's tree, or of the empty one where there is no commit. @throws GitFailed */
export async function treeOf(repository: string, commit: string | undefined): Promise<string> {
  return commit === undefined ? emptyTree : await git(repository, ["rev-parse", "--verify", `${commit}^{tree}`]);
}

/** Id of a folder of a commit's tree; the empty tree where there is none. */
export async function folderOf(repository: string, commit: string | undefined, folder: string): Promise<string> {
  if (commit === undefined) return emptyTree;
  const [, type, id = ""] =
    /^\d+ (\w+) ([0-9a-f]{40})\t/.exec(await git(repository, ["ls-tree", commit, folder])) ?? [];
  return type === "tree" ? id : emptyTree;
}

/** The root tree of a commit in which one folder is replaced; other entries stay. @returns the new tree's id */
export async function withFolder(
  repository: string,
  commit: string | undefined,
  folder: string,
  tree: string,
): Promise<string> {
  const listing = commit === undefined ? "" : await git(repository, ["ls-tree", commit]);
  const others = listing.split("\n").filter((line) => line !== "" && !line.endsWith(`\t${folder}`));
  const entries = tree === emptyTree ? others : [...others, `040000 tree ${tree}\t${folder}`];
  // Git knows the empty tree without being told, but an object that refers to it has to find it.
  return await git(repository, ["mktree"], entries.map((line) => `${line}\n`).join(""));
}

/**
 * Why a site's tree is not taken over, or undefined. What a site pushes is written into the fleet's repository and read
 * by people and programs there: plain files of reasonable number, size and name.
 */
export async function unacceptable(repository: string, tree: string): Promise<string | undefined> {
  const listing = (await gitBytes(repository, ["ls-tree", "-r", "-l", "-z", tree])).toString("utf8");
  const entries = listing.split("\0").filter((entry) => entry !== "");
  if (entries.length > mostFiles) return `it has ${entries.length} files; ${mostFiles} are the most`;
  let total = 0;
  for (const entry of entries) {
    const [, mode = "", size = "", path = ""] = /^(\d{6}) \w+ [0-9a-f]{40} +(\S+)\t(.*)$/s.exec(entry) ?? [];
    const shown = JSON.stringify(path.slice(0, 100));
    if (mode === "120000") return `${shown} is a symbolic link`;
    if (mode !== "100644" && mode !== "100755") return `${shown} is no file`;
    try {
      checkedPath(path);
    } catch (error) {
      if (error instanceof UnsafeName) return `${shown} is no name that is safe everywhere`;
      throw error;
    }
    if (Number(size) > largestFile) return `${shown} is larger than ${largestFile} bytes`;
    total += Number(size);
  }
  return total > largestTree ? `its files have ${total} bytes; ${largestTree} are the most` : undefined;
}
