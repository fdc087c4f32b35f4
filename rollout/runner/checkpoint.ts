import { readFile } from "node:fs/promises";

/** The little that the runner reads of a checkpoint (version 3, the file backend's `checkpoint.latest`). */
interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly unknown[];
      readonly pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
    };
  };
}

/** An operation that was under way when its process ended. */
export interface PendingOperation {
  /** Such as `creating`. */
  readonly type: string;
  readonly urn: string;
}

/** What an interrupted run left in a stack's state; empty if there is no state. */
export async function pendingOperations(checkpoint: string): Promise<PendingOperation[]> {
  let text: string;
  try {
    text = await readFile(checkpoint, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const { checkpoint: state } = JSON.parse(text) as Checkpoint;
  return (state?.latest?.pending_operations ?? []).map(({ type, resource }) => ({ type, urn: resource.urn }));
}
