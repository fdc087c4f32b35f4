import { rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { GitFailed } from "./run";

/**
 * How old a lock file has to be before it is taken for a killed process's, in milliseconds. Git holds the locks that
 * edgewave runs into for milliseconds, and no hook lengthens that: the repositories are made without any.
 */
const staleAfter = 60_000;

/** A lock file of another git process is in the way, and is too young to be taken for one that a kill left. */
export class RepositoryLocked extends GitFailed {
  override readonly name = "RepositoryLocked";
  constructor(
    /** The lock's path. */
    readonly file: string,
    /** In milliseconds. */
    readonly age: number,
    { command, exitCode, cause }: GitFailed,
  ) {
    super(
      command,
      exitCode,
      "",
      `${file} is in the way: another git process is at work, or was killed at it ${Math.round(age / 1000)} s ago. ` +
        `Wait for it and repeat; edgewave removes a lock itself that is older than ${staleAfter / 1000} s. ` +
        "If no git process is at work in the repository, remove the file",
      { cause },
    );
  }
}

/**
 * Runs something that takes locks in a repository. A killed git process leaves its lock files for ever; if one is in the
 * way that is older than a minute, it is removed and the action is run once more.
 * @param files the lock files that the action takes, below the repository.
 * @returns the action's result and the paths of the lock files that were removed.
 * @throws RepositoryLocked if a younger lock is in the way, and what the action throws for other reasons.
 */
export async function clearingStaleLocks<T>(
  repository: string,
  files: readonly string[],
  act: () => Promise<T>,
): Promise<{ readonly result: T; readonly removed: readonly string[] }> {
  const paths = files.map((file) => join(repository, file));
  try {
    return { result: await act(), removed: [] };
  } catch (cause) {
    if (!isLockFailure(cause)) throw cause;
    const removed = await removeStale(paths);
    if (removed.length === 0) throw await explained(paths, cause);
    try {
      return { result: await act(), removed };
    } catch (again) {
      throw isLockFailure(again) ? await explained(paths, again) : again;
    }
  }
}

/** Git's words for a lock that is held (lockfile.c and config.c of git); it runs in the C locale. */
function isLockFailure(error: unknown): error is GitFailed {
  return (
    error instanceof GitFailed &&
    /(Unable to create '.*\.lock'|could not lock config file .*): File exists/s.test(error.stderrTail)
  );
}

async function removeStale(paths: readonly string[]): Promise<string[]> {
  const removed: string[] = [];
  for (const path of paths) {
    // Nothing comes between the look and the removal, so that no lock is removed that somebody has just taken.
    if (((await ageOf(path)) ?? 0) <= staleAfter) continue;
    await rm(path, { force: true });
    removed.push(path);
  }
  return removed;
}

async function explained(paths: readonly string[], cause: GitFailed): Promise<GitFailed> {
  for (const path of paths) {
    const age = await ageOf(path);
    if (age !== undefined) return new RepositoryLocked(path, age, cause);
  }
  // It went away meanwhile, or Git takes a lock that is not known here: Git names it.
  return cause;
}

/** In milliseconds, never negative; undefined if there is no such file. */
async function ageOf(path: string): Promise<number | undefined> {
  try {
    return Math.max(0, Date.now() - (await stat(path)).mtimeMs);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
