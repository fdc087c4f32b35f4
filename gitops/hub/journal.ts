import { moveRefs } from "../git/refs";
import { git } from "../git/run";

/** A move of a site's branch `deploy` on the hub. */
export interface Move {
  /** Full commit ids. */
  readonly from: string;
  readonly to: string;
}

/*
 * Two refs in the repository beside `deploy` itself. Refs, because Git writes them whole, and because they keep the
 * commits that they name; in the output folder, because the ledger is there too.
 */
const fromRef = "refs/edgewave/moving-from";
const toRef = "refs/edgewave/moving-to";

/**
 * The move that was begun last: one whose end was not written down may or may not have reached the hub. Undefined if
 * none was begun, or the last one has ended.
 */
export async function openMove(repository: string): Promise<Move | undefined> {
  const { from, to } = await read(repository);
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

/** Writes down what is about to be done. Both commits have to be in the repository. */
export async function beginMove(repository: string, move: Move): Promise<void> {
  const before = await read(repository);
  await moveRefs(repository, [
    { ref: fromRef, from: before.from, to: move.from },
    { ref: toRef, from: before.to, to: move.to },
  ]);
}

/** Writes down that it is known what became of the last move. */
export async function endMove(repository: string): Promise<void> {
  const { from, to } = await read(repository);
  if (to !== undefined && from !== to) await moveRefs(repository, [{ ref: fromRef, from, to }]);
}

async function read(
  repository: string,
): Promise<{ readonly from: string | undefined; readonly to: string | undefined }> {
  const listing = await git(repository, ["for-each-ref", "--format=%(refname) %(objectname)", fromRef, toRef]);
  const refs = new Map(listing.split("\n").map((line) => line.split(" ") as [string, string]));
  return { from: refs.get(fromRef), to: refs.get(toRef) };
}
