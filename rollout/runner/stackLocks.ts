import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { processState } from "../processProof";
import { StackLocked } from "../stackRunner";
import { ifThere } from "./ifThere";

/** A lock file of Pulumi's file backend (pulumi/pulumi, pkg/backend/diy/lock.go). */
interface LockFile {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** How long to wait for the owner of a lock, and until when. */
export interface LockPatience {
  /** In milliseconds. */
  readonly wait: number;
  readonly signal: AbortSignal;
}

/** How often a lock is looked at, in milliseconds. */
const lookEvery = 250;

/**
 * Looks at the locks of a stack. The file backend's locks never expire: a killed process leaves one until somebody
 * cancels it (pulumi/pulumi#8973). An owner on this host that is alive is waited for: it may be a worker whose driver
 * was killed, and which is about to end. The locks carry no more than host, number and time, so a number that another
 * process has taken is no proof: people have to cancel such a lock.
 * @returns what to say about the locks if every one of them is of a process that is proven dead on this host, so that
 *   they may be cancelled; undefined if there is none.
 * @throws StackLocked if an owner may still be alive after the wait.
 */
export async function findStaleLocks(
  site: string,
  folder: string,
  { wait, signal }: LockPatience,
): Promise<string | undefined> {
  for (const end = Date.now() + wait; ;) {
    const owners = await lockOwners(folder);
    const inTheWay = owners.find(({ state }) => state !== "dead");
    if (inTheWay === undefined) {
      const dead = owners.map(({ name }) => name).join(" and ");
      return owners.length === 0 ? undefined : `cancelled the lock of ${dead}, whose process is gone`;
    }
    if (inTheWay.state === "unknown" || Date.now() >= end || signal.aborted) throw locked(site, inTheWay);
    await delay(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}

interface LockOwner {
  /** For people. */
  readonly name: string;
  readonly state: ReturnType<typeof processState>;
}

async function lockOwners(folder: string): Promise<LockOwner[]> {
  const owners: LockOwner[] = [];
  for (const file of await lockNames(folder)) {
    const lock = await readLock(join(folder, file));
    if (lock === undefined) continue;
    const name = `${lock.username}@${lock.hostname} (process ${lock.pid}) since ${lock.timestamp}`;
    const seenAt = Date.parse(lock.timestamp);
    const identity = { host: lock.hostname, pid: lock.pid, seenAt, origin: undefined };
    owners.push({ name, state: processState(identity) });
  }
  return owners;
}

function locked(site: string, { name, state }: LockOwner): StackLocked {
  const elsewhere =
    state === "unknown"
      ? ", or run `pulumi cancel` if that process is known to have ended: it is on another machine, or another process " +
        "has its number"
      : "";
  return new StackLocked(`the stack of ${site} is locked by ${name}; wait for it${elsewhere}`);
}

async function lockNames(folder: string): Promise<string[]> {
  const names = (await ifThere(() => readdir(folder))) ?? [];
  return names.filter((name) => name.endsWith(".json"));
}

/** Undefined if it went away in between. A lock that cannot be read is one that cannot be proven stale. */
async function readLock(file: string): Promise<LockFile | undefined> {
  const text = await ifThere(() => readFile(file, "utf8"));
  if (text === undefined) return undefined;
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
