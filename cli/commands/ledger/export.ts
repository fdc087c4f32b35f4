import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { exportLedger } from "../../../rollout/ledger/export";
import type { Ledger } from "../../../rollout/ledger/ledger";
import { exitCode } from "../../exitCodes";
import { printJson, type Io } from "../../io";
import { loadFleet } from "../../load";
import { outFolder, withFleet, withJson, withOut, type OutputOptions } from "../../options";
import { plural } from "../../printing/findings";
import type { AddCommand } from "../../program";
import { withExistingLedger } from "../../rollout/withLedger";
import { UserError } from "../../userError";

interface ExportOptions extends OutputOptions {
  readonly output?: string;
}

const help = `
A line is an event as it is stored, or after the events of each run its head: how many there were and the hash of the
last one. Keep the heads where nobody can change them: edgewave ledger verify --heads FILE then shows events that were
cut off, or a record that was written anew as a whole.

With --output, --json prints how many lines were written; the export itself is JSON lines either way.
`;

export const addExport: AddCommand = (ledger, io, done) => {
  const command = ledger
    .command("export")
    .description("write the record, or one run of it, as JSON lines that can be verified without the ledger")
    .argument("[run]", "such as 20261126T200000Z-5f0c (default: all runs, the oldest first)")
    .addHelpText("after", help);
  withJson(withOut(withFleet(command)))
    .option("--output <file>", "write it there instead of to standard output")
    .action(async (run: string | undefined, options: ExportOptions) => {
      const { fleet } = await loadFleet(io, options);
      await withExistingLedger(outFolder(io, options, fleet.name), async (record) => {
        if (run !== undefined) await requireRun(record, run);
        if (options.output === undefined) return writeOut(io, exportLedger(record, run));
        const file = path.resolve(io.cwd, options.output);
        const lines = await writeFile(file, exportLedger(record, run));
        if (options.json) printJson(io, { file, lines });
        else io.stderr.write(`${plural(lines, "line")} in ${file}\n`);
      });
      done(exitCode.done);
    });
};

async function requireRun(ledger: Ledger, run: string): Promise<void> {
  if ((await ledger.rows(run, Number.MIN_SAFE_INTEGER, 1)).length > 0) return;
  throw new UserError("EDGE-CLI-065", `the ledger has no run ${run}`, "edgewave history lists its runs.");
}

/** At the pace of who reads. */
async function writeOut(io: Io, lines: AsyncIterable<string>): Promise<void> {
  for await (const line of lines) {
    if (!io.stdout.write(`${line}\n`)) await once(io.stdout, "drain");
  }
}

/** Whole or not at all. @returns the number of lines. */
async function writeFile(file: string, lines: AsyncIterable<string>): Promise<number> {
  const draft = `${file}.${process.pid}.part`;
  let written = 0;
  const broken = async function* () {
    for await (const line of lines) {
      written += 1;
      yield `${line}\n`;
    }
  };
  try {
    await pipeline(Readable.from(broken()), createWriteStream(draft));
    await rename(draft, file);
    return written;
  } catch (cause) {
    await rm(draft, { force: true });
    if (typeof (cause as NodeJS.ErrnoException).code !== "string" || !("syscall" in (cause as object))) throw cause;
    const why = (cause as Error).message;
    throw new UserError("EDGE-CLI-066", `${file} cannot be written: ${why}`, "Name another file.", undefined, {
      cause,
    });
  }
}
