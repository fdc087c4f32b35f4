import { readFile } from "node:fs/promises";

import { ifThere } from "./ifThere";

/** The parts of a checkpoint (version 3, the file backend's) that a repair looks at; all else is kept as it is. */
export interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly StateResource[];
      readonly pending_operations?: readonly PendingOperation[];
    };
  };
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly delete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly deletedWith?: string;
  readonly replaceWith?: readonly string[];
}

/** An operation that was under way when its process ended. */
export interface PendingOperation {
  /** Such as `creating`. */
  readonly type: string;
  readonly resource: StateResource;
}

/**
 * Reads a stack's state; undefined if there is none.
 * @throws SyntaxError if it is no JSON.
 */
export async function readCheckpoint(file: string): Promise<Checkpoint | undefined> {
  const text = await ifThere(() => readFile(file, "utf8"));
  return text === undefined ? undefined : (JSON.parse(text) as Checkpoint);
}

/** What an interrupted run left in a state. */
export function pendingOperations(checkpoint: Checkpoint): readonly PendingOperation[] {
  return checkpoint.checkpoint?.latest?.pending_operations ?? [];
}

/** Such as `creating inventory`, for people. */
export function operationText({ type, resource: { urn } }: PendingOperation): string {
  return `${type} ${nameOf(urn)}`;
}

/** The name of a resource, which is the last part of its URN. */
export function nameOf(urn: string): string {
  // The name may have colons of its own; type and stack may not.
  return urn.split("::").slice(3).join("::");
}
