import type { ReleaseLock } from "./model";
import type { Problem } from "./problem";
import { lockSchema } from "./schema";
import { schemaProblems } from "./schema/problems";
import type { SourceDocument } from "./source/document";
import { parseFile, type PlacedProblem } from "./source/parse";

export interface LockReading {
  /** Undefined if there is any problem. */
  readonly lock: ReleaseLock | undefined;
  readonly document: SourceDocument | undefined;
  readonly problems: readonly Problem[];
  readonly placed: readonly PlacedProblem[];
}

/** Reads a lock file. It is JSON, which is YAML too, and the YAML parser knows lines. */
export function readLock(file: string, text: string): LockReading {
  const { documents, problems: placed } = parseFile(file, text);
  const document = documents[0];
  if (document === undefined) {
    const source = { file, line: 1 };
    const empty = { code: "EDGE-DOC-005" as const, source, path: [], message: "the lock is empty", line: 1 };
    return { lock: undefined, document, problems: [], placed: placed.length > 0 ? placed : [empty] };
  }
  const result = lockSchema.safeParse(document.value);
  if (result.success) {
    const { release, digests, charts } = result.data;
    return { lock: { release, digests, charts }, document, problems: [], placed };
  }
  return { lock: undefined, document, problems: schemaProblems(lockSchema, document, result.error.issues), placed };
}
