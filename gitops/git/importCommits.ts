import { Readable } from "node:stream";
import type { SigningKey } from "../../signing/key";
import { signedCommit } from "../signing/signedCommit";
import { BlobIds, objectId, type TreeObjects, treeObjects } from "./objectId";
import { pack, PackEntries, packEntry } from "./pack";
import { git } from "./run";

/** A commit to write. Equal drafts, signed by the same key or not at all, give equal commit ids. */
export interface CommitDraft {
  /** A commit id, the index of an earlier draft of the same call, or undefined for a root commit. */
  readonly parent: string | number | undefined;
  /** Seconds since the epoch, of author and committer; the zone is UTC. */
  readonly date: number;
  /** Without a newline at the end; one is added. */
  readonly message: string;
  /** The whole tree, not a difference; read once. */
  readonly files: Iterable<readonly [string, string]>;
}

export interface ImportOptions {
  /** Signs every commit; undefined for commits without a signature. */
  readonly signer?: SigningKey | undefined;
  /** What is known from other repositories, to be shared by all calls of one publish. */
  readonly ids?: BlobIds;
  readonly entries?: PackEntries;
}

/** The email address of who makes the commits, and the name in an allowed signers file. */
export const committer = "release@edgewave.invalid";

// The same everywhere, so that who publishes does not change an id; RFC 2606 keeps `.invalid` free.
const identity = `edgewave <${committer}>`;

/**
 * Writes commits with all their trees and blobs in one process and returns their ids in order. No ref is touched: the
 * objects dangle until `moveRefs`, so that a kill leaves nothing that anybody follows.
 *
 * The objects are made here and handed to Git as one pack: `git fast-import` cannot write a signature, and a process
 * for each object would cost more than all the rest. Git reads and checks every object, and that what they refer to is
 * there, before the pack counts; it flushes packs to disk by default, which it does not for loose objects.
 *
 * @throws GitFailed, UnsafeName
 */
export async function importCommits(
  repository: string,
  drafts: readonly CommitDraft[],
  { signer, ids = new BlobIds(), entries = new PackEntries() }: ImportOptions = {},
): Promise<readonly string[]> {
  const commits: { readonly id: string; readonly content: Buffer }[] = [];
  const trees = drafts.map(({ files }) => treeObjects(files, ids));
  for (const [index, draft] of drafts.entries()) {
    const parent = typeof draft.parent === "number" ? commits[draft.parent]?.id : draft.parent;
    const unsigned = commitContent(draft, trees[index]?.id ?? "", parent);
    const content = signer === undefined ? unsigned : signedCommit(unsigned, signer);
    commits.push({ id: objectId("commit", content).toString("hex"), content });
  }
  const packed = new Map<string, () => Buffer>();
  for (const tree of trees) addTree(packed, tree, entries);
  for (const { id, content } of commits) packed.set(id, () => packEntry("commit", content));
  const pieces = pack(packed.size, made(packed.values()));
  await git(repository, ["index-pack", "--stdin", "--strict"], Readable.from(inBlocks(pieces), { objectMode: false }));
  return commits.map(({ id }) => id);
}

/** A commit object. Source: Pro Git 10.2, git-commit-tree(1). */
function commitContent(draft: CommitDraft, tree: string, parent: string | undefined): Buffer {
  const who = `${identity} ${draft.date} +0000`;
  const headers = [`tree ${tree}`, ...(parent === undefined ? [] : [`parent ${parent}`])];
  return Buffer.from([...headers, `author ${who}`, `committer ${who}`, "", draft.message, ""].join("\n"));
}

function addTree(packed: Map<string, () => Buffer>, { trees, blobs }: TreeObjects, entries: PackEntries): void {
  for (const [id, text] of blobs) packed.set(id, () => entries.of(id, "blob", () => Buffer.from(text)));
  for (const [id, content] of trees) packed.set(id, () => packEntry("tree", content));
}

function* made(entries: Iterable<() => Buffer>): Generator<Buffer> {
  for (const entry of entries) yield entry();
}

const blockLength = 1 << 18;

function* inBlocks(pieces: Iterable<Buffer>): Generator<Buffer> {
  let block: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    block.push(piece);
    length += piece.length;
    if (length >= blockLength) {
      yield Buffer.concat(block);
      block = [];
      length = 0;
    }
  }
  yield Buffer.concat(block);
}
