import { Command } from "commander";
import { version } from "../package.json";
import { addCheck } from "./commands/check";
import { addDrift } from "./commands/drift";
import { addHistory } from "./commands/history";
import { addLedger } from "./commands/ledger";
import { addPlan } from "./commands/plan";
import { addRelease } from "./commands/release";
import { addRollout } from "./commands/rollout";
import { addSimulate } from "./commands/simulate";
import { addSite } from "./commands/site";
import { addStatus } from "./commands/status";
import { addWhy } from "./commands/why";
import type { ExitCode } from "./exitCodes";
import type { Io } from "./io";

/** Adds a command to the program; its action hands the exit code to `done`. */
export type AddCommand = (program: Command, io: Io, done: (code: ExitCode) => void) => void;

const exitCodesHelp = `
Exit codes:
  0    done
  1    the rollout failed: at least one site did
  2    wrong input or usage; nothing was touched
  3    halted by a gate or a budget
  4    locked: another run holds the rollout or the stack
  130  interrupted
`;

/** The whole command line. */
export function buildProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command("edgewave")
    .description("Brings fleets of edge Kubernetes sites to a release, wave by wave.")
    .version(version)
    .showHelpAfterError("(--help lists what there is)")
    .addHelpText("after", exitCodesHelp)
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .exitOverride();
  const commands: readonly AddCommand[] = [
    addCheck,
    addPlan,
    addSimulate,
    addRollout,
    addStatus,
    addWhy,
    addHistory,
    addDrift,
    addSite,
    addRelease,
    addLedger,
  ];
  for (const add of commands) add(program, io, done);
  return program;
}
