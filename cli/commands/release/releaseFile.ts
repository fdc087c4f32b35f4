import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Release } from "../../../fleet/model";
import type { Path } from "../../../fleet/problem";
import { parseFile } from "../../../fleet/source/parse";

/** The file that a release is written in, and its lock's. */
export interface ReleaseFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** Beside the release. */
  readonly lockName: string;
  readonly lockPath: string;
  /** Whether the release names the lock already. */
  readonly namesLock: boolean;
  /** Line of what is at the path in the release's document, from 1. */
  lineOf(at: Path): number;
}

export async function releaseFile(folder: string, { name, source }: Release): Promise<ReleaseFile> {
  const file = path.join(folder, source.file);
  const text = await readFile(file, "utf8");
  const document = parseFile(source.file, text).documents.find((one) => one.source.line === source.line);
  const named = (document?.value as { spec?: { lock?: unknown } } | undefined)?.spec?.lock;
  const lockName = typeof named === "string" ? named : `${name}.lock.json`;
  return {
    path: file,
    text,
    lockName,
    lockPath: path.join(path.dirname(file), lockName),
    namesLock: typeof named === "string",
    lineOf: (at) => document?.lineOf(at) ?? source.line,
  };
}
