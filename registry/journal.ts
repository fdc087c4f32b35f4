import { mkdir, open, readFile, rm, type FileHandle } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { LockedChart, LockedImage } from "../fleet/model";
import { lockSchema } from "../fleet/schema";
import type { WantedChart } from "./charts";
import type { WantedImage } from "./resolve";

const lockedImage = lockSchema.shape.digests.valueType;
const lockedChart = lockSchema.shape.charts.unwrap().valueType;
const common = { from: z.string(), at: z.number() };
const lineSchema = z.union([
  z.strictObject({ ...common, repository: z.string(), locked: lockedImage }),
  z.strictObject({ ...common, chart: z.string(), locked: lockedChart }),
]);
type Line = z.output<typeof lineSchema>;

/** Milliseconds after which what a tag named is asked for again. */
const longestKept = 24 * 3_600_000;

/** Digests that a run has resolved, so that one that was killed goes on where it was. */
export class LockJournal {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly from: string,
    private readonly kept: readonly Line[],
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
    const kept: Line[] = [];
    for (const line of text.split("\n")) {
      const read = lineSchema.safeParse(jsonOf(line));
      if (!read.success || read.data.from !== from || now() - read.data.at > longestKept) continue;
      kept.push(read.data);
    }
    const handle = await open(file, "a", 0o644);
    // What follows a torn line is on one of its own.
    if (text !== "" && !text.endsWith("\n")) await handle.write("\n");
    return new LockJournal(file, handle, from, kept, now);
  }

  /** What was resolved last for the image's tag. */
  known({ repository, tag }: WantedImage): LockedImage | undefined {
    for (const line of this.kept.toReversed()) {
      if ("repository" in line && line.repository === repository && line.locked.tag === tag) return line.locked;
    }
    return undefined;
  }

  /** What was resolved last for the chart's version. */
  knownChart({ name, version, repository }: WantedChart): LockedChart | undefined {
    for (const line of this.kept.toReversed()) {
      if (!("chart" in line) || line.chart !== name) continue;
      if (line.locked.version === version && line.locked.source === repository) return line.locked;
    }
    return undefined;
  }

  async add({ repository }: WantedImage, locked: LockedImage): Promise<void> {
    await this.write({ repository, locked });
  }

  async addChart({ name }: WantedChart, locked: LockedChart): Promise<void> {
    await this.write({ chart: name, locked });
  }

  private async write(what: object): Promise<void> {
    await this.handle.write(`${JSON.stringify({ from: this.from, at: this.now(), ...what })}\n`);
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
