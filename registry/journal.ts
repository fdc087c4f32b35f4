import { mkdir, open, readFile, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { LockedImage } from "../fleet/model";
import { lockSchema } from "../fleet/schema";
import type { WantedImage } from "./resolve";

const lockedImage = lockSchema.shape.digests.valueType;
const lineSchema = z.strictObject({ from: z.string(), at: z.number(), repository: z.string(), locked: lockedImage });

/** Milliseconds after which what a tag named is asked for again. */
const longestKept = 24 * 3_600_000;

/** Digests that a run has resolved, so that one that was killed goes on where it was. */
export class LockJournal {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly from: string,
    private readonly kept: ReadonlyMap<string, LockedImage>,
    private readonly now: () => number,
  ) {}

  /**
   * Opens the journal, or begins it. A line that a killed run has left half-written is passed over.
   * @param from which registries were asked; lines of others are not used
   */
  static async open(file: string, from: string, now: () => number = Date.now): Promise<LockJournal> {
    await mkdir(path.dirname(file), { recursive: true });
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    const kept = new Map<string, LockedImage>();
    for (const line of text.split("\n")) {
      const read = lineSchema.safeParse(jsonOf(line));
      if (!read.success || read.data.from !== from || now() - read.data.at > longestKept) continue;
      const { repository, locked } = read.data;
      kept.set(`${repository}:${locked.tag}`, locked);
    }
    const handle = await open(file, "a", 0o644);
    // What follows a torn line is on one of its own.
    if (text !== "" && !text.endsWith("\n")) await handle.write("\n");
    return new LockJournal(file, handle, from, kept, now);
  }

  known({ repository, tag }: WantedImage): LockedImage | undefined {
    return this.kept.get(`${repository}:${tag}`);
  }

  async add({ repository }: WantedImage, locked: LockedImage): Promise<void> {
    await this.handle.write(`${JSON.stringify({ from: this.from, at: this.now(), repository, locked })}\n`);
  }

  /** @param done whether nothing of it is needed any more */
  async close(done: boolean): Promise<void> {
    await this.handle.close();
    if (done) await rm(this.file, { force: true });
  }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
