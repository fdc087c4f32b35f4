import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { EngineError } from "../errors";
import type { Json } from "../property/checkpoint";
import { isMissing, readIfThere, writeAttributes, writeWithAttributes } from "./files";

/** A finished update: `UpdateInfo` of `pkg/backend/updates.go`. */
export interface UpdateInfo {
  readonly kind: "update" | "refresh" | "destroy" | "import" | "rename";
  /** Seconds since 1970. */
  readonly startTime: number;
  readonly message: string;
  readonly environment: Readonly<Record<string, string>>;
  /** As in `Pulumi.STACK.yaml`: secrets encrypted. */
  readonly config: Readonly<Record<string, Json>>;
  readonly version: number;
  readonly result: "succeeded" | "failed";
  readonly endTime: number;
  readonly resourceChanges?: Readonly<Record<string, number>>;
}

/** A time in nanoseconds, as the official CLI names its history and backup files. */
export function nanoseconds(): string {
  // The clock is exact to microseconds at best; the process's own count keeps two names apart.
  const micros = Math.round((performance.timeOrigin + performance.now()) * 1000);
  return `${micros}${String(process.hrtime()[1] % 1000).padStart(3, "0")}`;
}

/** Adds an entry and a copy of the checkpoint as it is now. */
export async function addHistory(folder: string, stack: string, checkpoint: string, info: UpdateInfo): Promise<void> {
  const prefix = join(folder, `${stack}-${nanoseconds()}`);
  await writeWithAttributes(`${prefix}.history.json`, JSON.stringify(info), false);
  const text = await readIfThere(checkpoint);
  if (text !== undefined) {
    await copyFile(checkpoint, `${prefix}.checkpoint.json`);
    await writeAttributes(`${prefix}.checkpoint.json`, text);
  }
}

/**
 * The entries of a stack, newest first.
 *
 * @param pageSize how many a page has; 0 is all on one.
 * @param page from 1.
 */
export async function readHistory(folder: string, pageSize: number, page: number): Promise<UpdateInfo[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    if (isMissing(cause)) {
      return [];
    }
    throw cause;
  }
  const entries = names
    .filter((name) => name.endsWith(".history.json"))
    .sort()
    .reverse();
  const start = pageSize > 0 ? (Math.max(1, page) - 1) * pageSize : 0;
  const chosen = pageSize > 0 ? entries.slice(start, start + pageSize) : entries;
  return Promise.all(
    chosen.map(async (name) => {
      const text = await readIfThere(join(folder, name));
      try {
        return JSON.parse(text ?? "") as UpdateInfo;
      } catch (cause) {
        throw new EngineError(`reading history file ${join(folder, name)}: it is not JSON`, { cause });
      }
    }),
  );
}
