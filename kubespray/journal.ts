import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { z } from "zod";
import { emptyJournal, type Journal, journalName, journalSchema } from "../components/kubespray/day2/journal";
import { KubesprayFailed } from "./failure";

export function journalFile(recordDirectory: string): string {
  return path.join(recordDirectory, journalName);
}

/** @throws KubesprayFailed if it is there and cannot be read: nobody may guess what a cluster is. */
export async function readJournal(recordDirectory: string): Promise<Journal> {
  const file = journalFile(recordDirectory);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return emptyJournal;
    throw error;
  }
  try {
    return journalSchema.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error).split("\n")[0] : (error as Error).message;
    throw new KubesprayFailed("EDGE-KUBESPRAY-013", `${file} cannot be read: ${why}`, {
      cause: error,
      hint: "Move it away if the cluster is what the stack's state says; the next run compares with that",
    });
  }
}

/** Written before and after each step, so that a run that died can be taken up. */
export async function writeJournal(recordDirectory: string, journal: Journal): Promise<void> {
  await mkdir(recordDirectory, { recursive: true, mode: 0o700 });
  await writeFileAtomic(journalFile(recordDirectory), `${JSON.stringify(journal, null, 1)}\n`, { mode: 0o600 });
}
