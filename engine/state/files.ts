import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, mkdir, open, readFile, rename, rm, unlink, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { EngineError } from "../errors";

/**
 * Writes a file so that a reader sees either the old or the new content: a temporary file beside it, then a rename.
 *
 * @param durable whether the content is on the disk, and not in a cache, before the rename.
 */
export async function writeAtomic(path: string, content: string, durable: boolean): Promise<void> {
  // The name ends in something that no listing of the official CLI takes for a stack, a lock or a history entry.
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
      if (durable) {
        await file.sync();
      }
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new EngineError(`cannot write ${path}: ${reason(cause)}`, { cause });
  }
}

/** Keeps what a file holds now under another name, without copying its bytes. No file is no backup. */
export async function keepAs(path: string, backup: string): Promise<void> {
  const temporary = `${backup}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    try {
      await link(path, temporary);
    } catch (cause) {
      if (isMissing(cause)) {
        return;
      }
      // Some file systems have no hard links.
      await writeFile(temporary, await readFile(path), { mode: 0o600 });
    }
    await rename(temporary, backup);
  } finally {
    // A rename between two links of one file does nothing (rename(2)): so it is if the file was kept before and could
    // not be written anew since, as on a full disk. Looking is cheaper than a removal that finds nothing.
    if (existsSync(temporary)) {
      await rm(temporary, { force: true });
    }
  }
}

/**
 * The sidecar in which the official CLI's storage library keeps a file's attributes.
 *
 * Source: `blob/fileblob/attrs.go` of gocloud.dev. It is optional on reading; a stale checksum would mislead,
 * and a file without content makes all of the official CLI's verbs fail.
 */
export async function writeAttributes(path: string, content: string | Buffer): Promise<void> {
  const json = JSON.stringify({
    "user.cache_control": "",
    "user.content_disposition": "",
    "user.content_encoding": "",
    "user.content_language": "",
    "user.content_type": "text/plain; charset=utf-8",
    "user.metadata": null,
    md5: createHash("md5").update(content).digest("base64"),
  });
  await writeAtomic(`${path}.attrs`, `${json}\n`, false);
}

/** Writes a file and its attributes, making its folder. */
export async function writeWithAttributes(path: string, content: string, durable: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeAtomic(path, content, durable);
  await writeAttributes(path, content);
}

/** A file's text, or `undefined` if there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) {
      return undefined;
    }
    throw new EngineError(`cannot read ${path}: ${reason(cause)}`, { cause });
  }
}

/** Removes a file and its attributes, if they are there. */
export async function removeWithAttributes(path: string): Promise<void> {
  for (const file of [path, `${path}.attrs`]) {
    await unlink(file).catch((cause: unknown) => {
      if (!isMissing(cause)) {
        throw new EngineError(`cannot remove ${file}: ${reason(cause)}`, { cause });
      }
    });
  }
}

export function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
