import { exitCode } from "./exitCodes";
import { processIo } from "./io";
import { runCli } from "./run";

void runCli(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
  // What a second Ctrl-C has left behind must not keep the process.
  if (code === exitCode.interrupted) process.exit();
});
