import { clearingStaleLocks } from "./locks";
import { GitFailed, git, gitBytes } from "./run";

/** What a branch or tag points at. */
export interface Ref {
  /** Full commit id. */
  readonly commit: string;
  /** Id of the commit's tree. */
  readonly tree: string;
  /** The commit's trailer `Release`; undefined if it has none. */
  readonly release: string | undefined;
  /** The commit object as Git keeps it, with its signature if it has one. */
  readonly content: Buffer;
}

/** One move of a ref; `from` undefined means that it must not exist yet. */
export interface RefChange {
  readonly ref: string;
  readonly from: string | undefined;
  readonly to: string;
}

/** Somebody else moved a ref between our reading and our writing; nothing was changed. */
export class RefMoved extends Error {
  override readonly name = "RefMoved";
  constructor(
    readonly repository: string,
    readonly ref: string,
    readonly expected: string | undefined,
    readonly actual: string | undefined,
    options?: ErrorOptions,
  ) {
    super(
      `${ref} in ${repository} was moved by somebody else: expected ${expected ?? "no such ref"}, ` +
        `found ${actual ?? "no such ref"}. Nothing was changed; read the state again and repeat.`,
      options,
    );
  }
}

// The object comes last and after its length, because it may hold any byte.
const trailer = "%(contents:trailers:key=Release,valueonly,separator=%2C)";
const format = `%(refname)%00%(objectname)%00%(tree)%00${trailer}%00%(raw:size)%00%(raw)`;
const fields = 5;

/** All branches and tags of a repository by full name, in one process. @throws GitFailed if it is no repository */
export async function readRefs(repository: string): Promise<ReadonlyMap<string, Ref>> {
  const refs = new Map<string, Ref>();
  const listing = await gitBytes(repository, ["for-each-ref", `--format=${format}`, "refs/heads", "refs/tags"]);
  for (let offset = 0; offset < listing.length;) {
    const head: string[] = [];
    for (let field = 0; field < fields; field += 1) {
      const end = listing.indexOf(0, offset);
      if (end === -1) throw new Error(`git for-each-ref in ${repository} answered what cannot be read`);
      head.push(listing.toString("utf8", offset, end));
      offset = end + 1;
    }
    const [name = "", commit = "", tree = "", release, size] = head;
    const content = listing.subarray(offset, offset + Number(size));
    // A newline ends each ref.
    offset += content.length + 1;
    refs.set(name, { commit, tree, release: release || undefined, content });
  }
  return refs;
}

/**
 * Moves refs, all of them or none, and only if each is still where `from` says. Lock files in the way that a killed
 * process left more than a minute ago are removed.
 * @returns the paths of the lock files that were removed.
 * @throws RefMoved if one of them is not
 * @throws RepositoryLocked if another git process holds a lock for longer than two seconds
 * @throws GitFailed
 */
export async function moveRefs(repository: string, changes: readonly RefChange[]): Promise<readonly string[]> {
  if (changes.length === 0) return [];
  const locks = [...changes.map(({ ref }) => `${ref}.lock`), "HEAD.lock", "packed-refs.lock"];
  return (await clearingStaleLocks(repository, locks, () => updateRefs(repository, changes))).removed;
}

async function updateRefs(repository: string, changes: readonly RefChange[]): Promise<void> {
  const nothing = "0".repeat(40);
  const commands = changes.map(({ ref, from, to }) => `update ${ref} ${to} ${from ?? nothing}\n`).join("");
  try {
    // A rival holds a lock for milliseconds; waiting for it turns the lost race into a plain answer.
    const patience = ["-c", "core.filesRefLockTimeout=2000", "-c", "core.packedRefsTimeout=2000"];
    await git(repository, [...patience, "update-ref", "--stdin"], `start\n${commands}commit\n`);
  } catch (cause) {
    if (!(cause instanceof GitFailed)) throw cause;
    const refs = await readRefs(repository);
    for (const { ref, from } of changes) {
      const actual = refs.get(ref)?.commit;
      if (actual !== from) throw new RefMoved(repository, ref, from, actual, { cause });
    }
    throw cause;
  }
}
