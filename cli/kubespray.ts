import { text } from "node:stream/consumers";
import { BastionUnreachable, KubesprayFailed, RunStopped } from "../kubespray/failure";
import { runOrder } from "../kubespray/runner";
import { exitCode } from "./exitCodes";

// What the stack of a field site runs for its cluster; see components/kubespray/fieldCluster.ts.

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort(new RunStopped(signal)));

async function main(): Promise<number> {
  try {
    const input = await text(process.stdin);
    const answer = await runOrder({
      verb: process.argv[2],
      input,
      env: process.env,
      cwd: process.cwd(),
      signal: stop.signal,
    });
    if (answer !== "") process.stdout.write(`${answer}\n`);
    return exitCode.done;
  } catch (error) {
    const known = [KubesprayFailed, BastionUnreachable, RunStopped].some((kind) => error instanceof kind);
    console.error(known ? (error as Error).message : error);
    return error instanceof RunStopped ? exitCode.interrupted : exitCode.failed;
  }
}

void main().then((code) => {
  process.exitCode = code;
  // A socket that nobody reads any more must not keep the process.
  process.stdout.write("", () => process.exit(code));
});
