import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { checkedSite } from "../names";
import { clearingStaleLocks } from "./locks";
import { type Ref, readRefs } from "./refs";
import { GitFailed, git } from "./run";

/** The branch that a site's Flux follows. */
export const deployRef = "refs/heads/deploy";

/** The branch of a site's repository that holds a release's cut ahead of time. */
export function releaseBranch(release: string): string {
  return `refs/heads/release/${release}`;
}

/** The tag of the fleet's repository on a release's commit. */
export function releaseTag(release: string): string {
  return `refs/tags/release/${release}`;
}

/** Where the fleet's repository lies below the folder that stands for the hub. */
export function fleetRepository(directory: string): string {
  return join(directory, "fleet.git");
}

/** Where a site's deploy repository lies. @throws UnsafeName */
export function deployRepository(directory: string, site: string): string {
  return join(directory, "deploy", `${checkedSite(site)}.git`);
}

/** Names of the sites that have a deploy repository, in order. */
export async function deployedSites(directory: string): Promise<readonly string[]> {
  const entries = await readdir(join(directory, "deploy")).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.endsWith(".git"))
    .map((entry) => entry.slice(0, -".git".length))
    .sort();
}

/** The refs of a repository, or undefined if there is none at this path. @throws GitFailed if Git cannot read it */
export async function refsIfThere(repository: string): Promise<ReadonlyMap<string, Ref> | undefined> {
  const there = await stat(repository).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return there && (await readRefs(repository));
}

/**
 * The refs of a bare repository, which is made if it is missing. A folder that a kill left half made is made whole:
 * `git init` is safe to repeat and overwrites nothing (git-init(1)); its locks that are older than a minute are removed.
 * @throws GitFailed
 */
export async function openRepository(
  repository: string,
  branch: string,
): Promise<{ readonly refs: ReadonlyMap<string, Ref>; readonly created: boolean }> {
  let there = false;
  try {
    const refs = await refsIfThere(repository);
    if (refs !== undefined) return { refs, created: false };
  } catch (error) {
    // 128 is how Git refuses a folder that it does not take for a repository, and other things that init will repeat.
    if (!(error instanceof GitFailed) || error.exitCode !== 128) throw error;
    there = true;
  }
  await mkdir(dirname(repository), { recursive: true });
  await clearingStaleLocks(repository, ["config.lock", "HEAD.lock"], () =>
    git(repository, ["init", "--quiet", "--bare", "--template=", `--initial-branch=${branch}`]),
  );
  return { refs: there ? await readRefs(repository) : new Map(), created: true };
}
