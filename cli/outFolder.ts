import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { makeSecretFile } from "./secretFile";
import { UserError } from "./userError";

/** Names the fleet that an output folder belongs to. */
const ownerFile = "fleet";

/**
 * Makes the output folder if it is missing, and makes sure that it is this fleet's: state, Git repositories and the
 * ledger of two fleets in one folder would overwrite each other.
 * @throws UserError if it cannot be made or written, or belongs to another fleet.
 */
export async function claimOutFolder(out: string, fleet: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await makeSecretFile(path.join(out, ownerFile), `${fleet}\n`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      "EDGE-CLI-004",
      `the output folder ${out} cannot be used: ${reason}`,
      "Name another one with --out.",
      undefined,
      { cause },
    );
  }
  await requireOwner(out, fleet);
}

/** The same check for commands that only read; a folder without an owner is nobody's yet. */
export async function requireOwner(out: string, fleet: string): Promise<void> {
  const owner = await readFile(path.join(out, ownerFile), "utf8").catch(() => undefined);
  if (owner === undefined || owner.trim() === fleet) return;
  throw new UserError(
    "EDGE-CLI-005",
    `the output folder ${out} belongs to the fleet ${owner.trim()}, and this is ${fleet}`,
    "Name another one with --out.",
  );
}
