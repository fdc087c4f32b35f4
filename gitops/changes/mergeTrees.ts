import { GitFailed, git, gitBytes } from "../git/run";

export type TreeMerge =
  | { readonly clean: true; readonly tree: string }
  /** Paths in the site's own repository. */
  | { readonly clean: false; readonly files: readonly string[] };

/**
 * Merges two trees that come from a third. Git finds the base of a merge in the history, so that three commits without
 * any other meaning are made for it (`git merge-tree --merge-base` came with 2.40 only). Renames are not guessed: a
 * change that a person did not make must not come out of a merge.
 */
export async function mergeTrees(
  repository: string,
  { base, ours, theirs }: { readonly base: string; readonly ours: string; readonly theirs: string },
): Promise<TreeMerge> {
  const commit = async (tree: string, parent?: string): Promise<string> => {
    const who = "edgewave <merge@edgewave.invalid> 0 +0000";
    const parents = parent === undefined ? "" : `parent ${parent}\n`;
    const text = `tree ${tree}\n${parents}author ${who}\ncommitter ${who}\n\n.\n`;
    return await git(repository, ["hash-object", "-t", "commit", "-w", "--stdin"], text);
  };
  const root = await commit(base);
  const [one, other] = [await commit(ours, root), await commit(theirs, root)];
  // Equal trees would be the same commit, and there is nothing to merge.
  if (ours === theirs || theirs === base) return { clean: true, tree: ours };
  if (ours === base) return { clean: true, tree: theirs };
  const args = [
    "-c",
    "merge.renames=false",
    "merge-tree",
    "--write-tree",
    "--name-only",
    "--no-messages",
    "-z",
    one,
    other,
  ];
  try {
    const [tree = ""] = (await gitBytes(repository, args)).toString("utf8").split("\0");
    return { clean: true, tree };
  } catch (error) {
    // Exit code 1 is a merge with conflicts: a tree with their markers, then the files.
    if (!(error instanceof GitFailed) || error.exitCode !== 1) throw error;
    const [, ...files] = error.stdout.split("\0").filter((part) => part !== "");
    return { clean: false, files: [...new Set(files)].sort() };
  }
}
