import { randomUUID } from "node:crypto";
import { link, open, rm } from "node:fs/promises";

/**
 * Writes a secret file, readable by its owner alone, whole or not at all, and never over another.
 * @returns whether it was this call that did.
 */
export async function makeSecretFile(file: string, text: string): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
    return true;
  } catch (error) {
    // Another command made one in the same moment; that one counts.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}
