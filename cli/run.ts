import { createRequire } from "node:module";
import { CommanderError } from "commander";
import { exitCode, type ExitCode } from "./exitCodes";
import { colorsOf, printJson, type Io } from "./io";
import { FleetHasFindings } from "./load";
import { formatFindings } from "./printing/findings";
import { buildProgram } from "./program";
import { UserError } from "./userError";

/**
 * Runs one command line.
 *
 * @param argv without the program's name.
 * @returns the exit code; see `exitCodes.ts`. It never rejects.
 */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  try {
    const program = buildProgram(argv, io, (result) => {
      code = result;
    });
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return report(error, argv, io);
  }
}

function report(error: unknown, argv: readonly string[], io: Io): ExitCode {
  const colors = colorsOf(io);
  // Commander has printed help, the version or a usage error itself.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.wrongInput;
  if (error instanceof FleetHasFindings) {
    if (argv.includes("--json")) printJson(io, { findings: error.findings });
    else io.stderr.write(`${formatFindings(error.findings, colors)}\n\nNothing was touched.\n`);
    return error.exit;
  }
  const known = error instanceof UserError ? error : knownFailure(error);
  if (known !== undefined) {
    const { code, message, hint } = known;
    if (argv.includes("--json")) printJson(io, { error: { code, message, hint } });
    io.stderr.write(`${colors.red("error")} ${known.code}: ${known.message}\n${known.hint}\n`);
    return known.exit;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(
    `${colors.red("error")} EDGE-CLI-001: edgewave itself failed; this is a defect, please report it.\n${stack}\n`,
  );
  return exitCode.failed;
}

/** Failures of the rooms below, which most runs do without. */
function knownFailure(error: unknown): UserError | undefined {
  const { asUserError } = createRequire(__filename)("./failures") as typeof import("./failures");
  return asUserError(error);
}
