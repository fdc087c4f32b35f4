import { lstat, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import writeFileAtomic from "write-file-atomic";

import { ownOrigin, type ProcessIdentity, processState } from "../processProof";
import { endStragglers } from "./descendants";
import { ifThere } from "./ifThere";

const prefix = "edgewave-run-";

/** Who may still use a scratch folder: the process that made it, and the worker that runs in it. */
type Owner = "driver" | "worker";

/**
 * Makes a folder for what one run needs for a while, readable by nobody else (mkdtemp(3) gives it mode 0700). It is
 * short and under the system's own folder for such things: sockets in it have room for about a hundred characters.
 * @returns its path.
 */
export async function makeScratch(root: string): Promise<string> {
  const folder = await mkdtemp(join(root, prefix));
  await ownScratch(folder, "driver");
  return folder;
}

/** Writes down that this process uses a scratch folder. */
export async function ownScratch(folder: string, owner: Owner): Promise<void> {
  const identity: ProcessIdentity = { host: hostname(), pid: process.pid, seenAt: Date.now(), origin: ownOrigin() };
  await writeFileAtomic(ownerFile(folder, owner), JSON.stringify(identity), { mode: 0o600, fsync: false });
}

/** What cannot be removed now, such as a file that a killed process still holds, is swept later. */
export async function removeScratch(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 }).catch(() => undefined);
}

/**
 * Removes the scratch folders that killed drivers left, and ends commands that still run with them: only this user's own, and only if every process that used one
 * is proven dead.
 * @returns the paths that were removed.
 */
export async function sweepScratch(root: string): Promise<string[]> {
  const names = ((await ifThere(() => readdir(root))) ?? []).filter((name) => name.startsWith(prefix));
  const removed: string[] = [];
  for (const folder of names.map((name) => join(root, name))) {
    if (!(await isLeftOver(folder))) continue;
    // Its run has nobody left who could stop it, and the next run of the site must not meet it.
    endStragglers(folder);
    await removeScratch(folder);
    removed.push(folder);
  }
  return removed;
}

async function isLeftOver(folder: string): Promise<boolean> {
  const stats = await ifThere(() => lstat(folder));
  if (stats?.isDirectory() !== true || stats.uid !== process.getuid?.()) return false;
  const [driver, worker] = await Promise.all([stateOf(folder, "driver"), stateOf(folder, "worker")]);
  // The driver writes first; a folder that names none proves nothing.
  return driver === "dead" && (worker === "dead" || worker === undefined);
}

async function stateOf(folder: string, owner: Owner): Promise<ReturnType<typeof processState> | undefined> {
  const text = await ifThere(() => readFile(ownerFile(folder, owner), "utf8"));
  if (text === undefined) return undefined;
  try {
    return processState(JSON.parse(text) as ProcessIdentity);
  } catch {
    return "unknown";
  }
}

function ownerFile(folder: string, owner: Owner): string {
  return join(folder, `.${owner}.json`);
}
