import { Readable } from "node:stream";
import { checkedPath } from "../names";
import { GitFailed, git } from "./run";

/** A commit to write. Equal drafts give equal commit ids. */
export interface CommitDraft {
  /** A commit id, the index of an earlier draft of the same call, or undefined for a root commit. */
  readonly parent: string | number | undefined;
  /** Seconds since the epoch, of author and committer; the zone is UTC. */
  readonly date: number;
  /** Without a newline at the end; one is added. */
  readonly message: string;
  /** The whole tree, not a difference; read once, file by file. */
  readonly files: Iterable<readonly [string, string]>;
}

// The same everywhere, so that who publishes does not change an id; RFC 2606 keeps `.invalid` free.
const identity = "edgewave <release@edgewave.invalid>";

// fast-import wants a branch to commit on; resetting it to the null id at the end keeps it from ever existing.
const scratch = "refs/edgewave/incoming";

/**
 * Writes commits with all their trees and blobs in one process and returns their ids in order. No ref is touched: the
 * objects dangle until `moveRefs`, so that a kill leaves nothing that anybody follows.
 * @throws GitFailed, UnsafeName
 */
export async function importCommits(repository: string, drafts: readonly CommitDraft[]): Promise<readonly string[]> {
  // One pack a call instead of a file an object: Git flushes packs to disk by default, loose objects it does not.
  const args = ["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--done", "--date-format=raw-permissive"];
  const out = await git(repository, args, Readable.from(inBlocks(stream(drafts)), { objectMode: false }));
  const ids = out.split("\n").filter((line) => line !== "");
  if (ids.length !== drafts.length || !ids.every((id) => /^[0-9a-f]{40}$/.test(id))) {
    throw new GitFailed(
      "git fast-import",
      0,
      out.slice(-1000),
      `answered ${ids.length} of ${drafts.length} commit ids`,
    );
  }
  return ids;
}

function* stream(drafts: readonly CommitDraft[]): Generator<string> {
  for (const [index, draft] of drafts.entries()) {
    const message = `${draft.message}\n`;
    yield `commit ${scratch}\nmark :${index + 1}\n`;
    yield `author ${identity} ${draft.date} +0000\ncommitter ${identity} ${draft.date} +0000\n`;
    yield data(message);
    if (draft.parent !== undefined) {
      yield `from ${typeof draft.parent === "number" ? `:${draft.parent + 1}` : draft.parent}\n`;
    }
    yield "deleteall\n";
    for (const [path, text] of draft.files) yield `M 100644 inline ${checkedPath(path)}\n${data(text)}`;
    yield "\n";
    // Without this a draft with no parent would go on from the one before it.
    yield `reset ${scratch}\nfrom ${"0".repeat(40)}\n\n`;
  }
  for (const index of drafts.keys()) yield `get-mark :${index + 1}\n`;
  // Without it the end of a killed publisher's stream would pass for the end of a commit.
  yield "done\n";
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

const blockLength = 1 << 18;

function* inBlocks(pieces: Iterable<string>): Generator<Buffer> {
  let block = "";
  for (const piece of pieces) {
    block += piece;
    if (block.length >= blockLength) {
      yield Buffer.from(block);
      block = "";
    }
  }
  yield Buffer.from(block);
}
