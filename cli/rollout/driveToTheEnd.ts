import { exitCode, type ExitCode } from "../exitCodes";
import { listenForInterrupts } from "../interrupt";
import { colorsOf, print, printJson, type Io } from "../io";
import { mostRows, wavesTable } from "../printing/overview";
import { rolloutProgress } from "../printing/progress";
import { formatEnd, formatReasons, formatSites } from "../printing/summary";
import { writeReport } from "../report";
import { statusJson } from "../statusJson";
import { drive, type Job, relative } from "./drive";
import type { RolloutState } from "../../rollout/state";
import { whyEnded } from "../../rollout/why";

/** Drives, shows what happens and how it ended, and writes the report. @returns the exit code. */
export async function driveToTheEnd(io: Io, job: Job): Promise<ExitCode> {
  const { out, options } = job;
  // With --json standard output is one JSON document; what happens goes to standard error as plain lines.
  const watched: Io = options.json ? { ...io, stdout: io.stderr, interactive: false } : io;
  const interrupts = listenForInterrupts(io);
  const progress = rolloutProgress(watched);
  try {
    const { state, engine } = await drive(watched, job, progress, interrupts);
    progress.close();
    const report = await writeReport(out, state);
    if (options.json) printJson(io, { ...statusJson(state), engine, report, out });
    else printEnd(io, state, report, out);
    return codeOf(state);
  } finally {
    progress.close();
    interrupts.dispose();
  }
}

function printEnd(io: Io, state: RolloutState, report: string, out: string): void {
  const colors = colorsOf(io);
  const reasons = formatReasons(state, colors, mostRows);
  const listed = state.sites.size <= mostRows;
  const table = listed ? formatSites(state, colors) : wavesTable(state, undefined, state.at, colors);
  const parts = [table, ...(reasons.length === 0 ? [] : [reasons.join("\n")]), formatEnd(state)];
  const next = whyEnded(state);
  print(io, `\n${parts.join("\n\n")}`);
  if (next !== undefined && codeOf(state) !== exitCode.done) print(io, `next: ${next.remedy}`);
  print(io, `report: ${relative(io, report)}   artifacts: ${relative(io, out)}`);
}

/** The exit code that says how a rollout ended. */
export function codeOf({ halted, interrupted, finished, rollback }: RolloutState): ExitCode {
  if (finished?.result === "rolled-back" && rollback?.by !== undefined && halted === undefined) return exitCode.done;
  if (finished !== undefined && halted !== undefined) return exitCode.halted;
  if (interrupted !== undefined || finished === undefined) return exitCode.interrupted;
  return finished.result === "succeeded" ? exitCode.done : exitCode.failed;
}
