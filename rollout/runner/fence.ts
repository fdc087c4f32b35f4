import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import writeFileAtomic from "write-file-atomic";

import { RunFailed } from "../stackRunner";

/**
 * Lets a run pass if no run with a higher fencing token has passed before, and remembers its token. A driver that lost
 * its lease without knowing it is stopped here.
 * @throws RunFailed for an older token.
 */
export async function passFence(workDirectory: string, token: number): Promise<void> {
  await mkdir(workDirectory, { recursive: true });
  const file = join(workDirectory, ".fencing-token");
  const last = Number(await readFile(file, "utf8").catch(() => "0"));
  if (token < last) {
    throw new RunFailed(
      `a later driver has run this site (its fencing token is ${last}, this run's is ${token}); this run is refused. ` +
        `If no other driver is at work, the ledger is an older copy or was made after the clock was set back: remove ${file}`,
    );
  }
  if (token !== last) await writeFileAtomic(file, `${token}\n`);
}
