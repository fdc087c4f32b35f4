import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { processState } from "../processProof";
import { StackLocked } from "../stackRunner";

/** A lock file of Pulumi's file backend (pulumi/pulumi, pkg/backend/diy/lock.go). */
interface LockFile {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/**
 * Looks at the locks of a stack. The file backend's locks never expire: a killed process leaves one until somebody
 * cancels it (pulumi/pulumi#8973).
 * @returns what to say about the locks if every one of them is of a process that is proven dead on this host, so that
 *   they may be cancelled; undefined if there is none.
 * @throws StackLocked if an owner may still be alive.
 */
export async function findStaleLocks(site: string, folder: string): Promise<string | undefined> {
  const found: string[] = [];
  for (const name of await lockNames(folder)) {
    const lock = await readLock(join(folder, name));
    if (lock === undefined) continue;
    const seenAt = Date.parse(lock.timestamp);
    const owner = `${lock.username}@${lock.hostname} (process ${lock.pid}) since ${lock.timestamp}`;
    const state = processState({ host: lock.hostname, pid: lock.pid, seenAt });
    if (state !== "dead") {
      throw new StackLocked(
        `the stack of ${site} is locked by ${owner}; wait for it` +
          (state === "unknown" ? ", or run `pulumi cancel` if that machine is known to have stopped" : ""),
      );
    }
    found.push(owner);
  }
  return found.length === 0 ? undefined : `cancelled the lock of ${found.join(" and ")}, whose process is gone`;
}

async function lockNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Undefined if it went away in between. A lock that cannot be read is one that cannot be proven stale. */
async function readLock(file: string): Promise<LockFile | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const lock = JSON.parse(text) as LockFile;
    if (
      Number.isInteger(lock.pid) &&
      typeof lock.hostname === "string" &&
      Number.isFinite(Date.parse(lock.timestamp))
    ) {
      return lock;
    }
  } catch {
    // Falls through to the refusal.
  }
  throw new StackLocked(
    `${file} is a lock that cannot be read; see who made it, and run \`pulumi cancel\` if it is old`,
  );
}
