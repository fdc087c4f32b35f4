import { readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";

/** Somebody holds the lock; the message names the process. */
export class Held extends Error {
  override readonly name = "Held";
}

/** How often a lock that is waited for is looked at, in milliseconds. */
const poll = 500;

/**
 * Holds a file as a lock. One whose process on this machine is dead is taken over.
 * @param wait whether to wait for another holder, or to throw `Held`.
 * @returns what gives it back.
 */
export async function holdLock(
  file: string,
  { wait, signal }: { readonly wait: boolean; readonly signal: AbortSignal },
): Promise<() => Promise<void>> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname() });
  for (;;) {
    signal.throwIfAborted();
    try {
      await writeFile(file, mine, { flag: "wx", mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = await readFile(file, "utf8").catch(() => "");
    if (isDead(holder)) {
      await rm(file, { force: true });
      continue;
    }
    if (!wait) throw new Held(`${file} is held by ${holder}`);
    await new Promise((resolve) => setTimeout(resolve, poll));
  }
}

function isDead(holder: string): boolean {
  try {
    const { pid, host } = JSON.parse(holder) as { pid?: unknown; host?: unknown };
    if (typeof pid !== "number" || host !== hostname()) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
