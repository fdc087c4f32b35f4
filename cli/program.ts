import { createRequire } from "node:module";
import { Command } from "commander";
import { version } from "../package.json";
import type { ExitCode } from "./exitCodes";
import type { Io } from "./io";

/** Adds a command to the program; its action hands the exit code to `done`. */
export type AddCommand = (program: Command, io: Io, done: (code: ExitCode) => void) => void;

const exitCodesHelp = `
Exit codes:
  0    done
  1    the rollout failed: at least one site did; or a rule is broken
  2    wrong input or usage; nothing was touched
  3    halted by a gate or a budget
  4    locked: another run holds the rollout or the stack
  130  interrupted
`;

const load = createRequire(__filename);

/** The commands, each loaded only when it is needed: most bring the SDK and the engine with them. */
const commands: Readonly<Record<string, () => AddCommand>> = {
  check: () => (load("./commands/check") as typeof import("./commands/check")).addCheck,
  plan: () => (load("./commands/plan") as typeof import("./commands/plan")).addPlan,
  simulate: () => (load("./commands/simulate") as typeof import("./commands/simulate")).addSimulate,
  rollout: () => (load("./commands/rollout") as typeof import("./commands/rollout")).addRollout,
  status: () => (load("./commands/status") as typeof import("./commands/status")).addStatus,
  why: () => (load("./commands/why") as typeof import("./commands/why")).addWhy,
  history: () => (load("./commands/history") as typeof import("./commands/history")).addHistory,
  drift: () => (load("./commands/drift") as typeof import("./commands/drift")).addDrift,
  site: () => (load("./commands/site") as typeof import("./commands/site")).addSite,
  release: () => (load("./commands/release") as typeof import("./commands/release")).addRelease,
  ledger: () => (load("./commands/ledger") as typeof import("./commands/ledger")).addLedger,
};

/**
 * The whole command line; of its commands only the first word's, if it is one.
 * @param argv without the program's name.
 */
export function buildProgram(argv: readonly string[], io: Io, done: (code: ExitCode) => void): Command {
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
  const [first = ""] = argv;
  const wanted = Object.hasOwn(commands, first) ? [first] : Object.keys(commands);
  for (const name of wanted) {
    // Before the SDK, which it makes lighter; the check does without both.
    if (name !== "check") load("../engine/leanSdk");
    commands[name]?.()(program, io, done);
  }
  return program;
}
