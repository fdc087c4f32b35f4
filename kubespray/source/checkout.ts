import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import { KubesprayFailed } from "../failure";
import { runProgram } from "../processes";

export interface CheckoutInputs {
  /** A checkout, a bare repository, a Git URL or a `git bundle`; from `readSettings`. */
  readonly source: string;
  readonly tag: string;
  /** What the tag has to name. */
  readonly commit: string;
  /** Absolute. */
  readonly cache: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

// Nothing of the person's or the machine's configuration decides what is fetched, and nothing in the source is run.
const gitEnvironment = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ALLOW_PROTOCOL: "file:https:ssh:git",
  LC_ALL: "C",
};

/**
 * The tree of a commit of Kubespray, without anything that somebody changed in a working tree; made once and kept.
 * @returns its absolute path.
 * @throws KubesprayFailed if the source has no such tag, or the tag names another commit.
 */
export async function checkout(inputs: CheckoutInputs): Promise<string> {
  const { source, tag, commit, cache, signal } = inputs;
  const folder = path.join(cache, "kubespray", commit);
  if (existsSync(folder)) return folder;
  const work = `${folder}.${randomUUID()}`;
  const repository = path.join(work, "repository");
  const tree = path.join(work, "tree");
  const env = { ...inputs.env, ...gitEnvironment };
  const git = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await runProgram("git", ["--git-dir", repository, ...args], { env, signal });
    if (code === 0) return stdout.trim();
    const said = stderr.trim().split("\n").slice(-3).join(" ");
    throw new KubesprayFailed("EDGE-KUBESPRAY-002", `Kubespray ${tag} is not to be had from ${source}: ${said}`);
  };
  try {
    await mkdir(tree, { recursive: true, mode: 0o700 });
    await git(["init", "--quiet", "--bare", repository]);
    await git(["fetch", "--quiet", "--no-tags", "--end-of-options", source, `refs/tags/${tag}:refs/tags/${tag}`]);
    const found = await git(["rev-parse", "--verify", `refs/tags/${tag}^{commit}`]);
    if (found !== commit) {
      throw new KubesprayFailed("EDGE-KUBESPRAY-003", `the tag ${tag} of ${source} is commit ${found}, not ${commit}`);
    }
    await git([
      "--work-tree",
      tree,
      "-c",
      "core.hooksPath=/dev/null",
      "checkout",
      "--quiet",
      "--force",
      commit,
      "--",
      ".",
    ]);
    await rename(tree, folder).catch((error: NodeJS.ErrnoException) => {
      // Another run of the same commit was faster.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
