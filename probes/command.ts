import { spawn } from "node:child_process";
import type { GateOf } from "../fleet/gates";
import { fillIn, type PlaceholderValues } from "../fleet/placeholders";
import type { GateAnswer } from "../rollout/gates/answer";
import { messageOf } from "../web/messageOf";
import { fail, inconclusive, pass } from "./answers";
import type { ProbeOptions } from "./surroundings";

/** Of what the driver was given, what a program needs to run at all; the rest can be secrets. */
const inherited = ["PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR"] as const;
/** Of each stream only the end is kept, of which the last line is shown. */
const tailBytes = 4096;
/** From SIGTERM to SIGKILL. */
const graceMs = 2000;

/**
 * Runs a program without a shell, in a process group of its own. It ends with 0 for a pass and 1 for a fail; any other
 * end says nothing, because interpreters, signals and missing files have codes of their own. When the signal is aborted
 * the whole group is ended; what the program has left running when it ends, too.
 */
export async function checkCommand(
  gate: GateOf<"command">,
  values: PlaceholderValues,
  { fleetDirectory, env }: Pick<ProbeOptions, "fleetDirectory" | "env">,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const [program = "", ...args] = gate.command.map((part) => fillIn(part, values));
  const filled = Object.entries(gate.environment).map(([name, text]) => [name, fillIn(text, values)]);
  const environment = Object.fromEntries([
    ...inherited.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    // The names of a large wave are more than a variable holds.
    ...Object.entries(values).flatMap(([name, value]) =>
      name === "sites" ? [] : [[`EDGEWAVE_${variable(name)}`, value]],
    ),
    ...filled,
  ]) as Record<string, string>;
  signal.throwIfAborted();
  return await new Promise<GateAnswer>((resolve) => {
    const child = spawn(program, args, {
      cwd: fleetDirectory,
      env: environment,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out = tailOf(child.stdout);
    const err = tailOf(child.stderr);
    let killer: NodeJS.Timeout | undefined;
    const stop = (): void => {
      endGroup(child.pid, "SIGTERM");
      killer = setTimeout(() => endGroup(child.pid, "SIGKILL"), graceMs);
    };
    signal.addEventListener("abort", stop, { once: true });
    const ended = (answer: GateAnswer): void => {
      signal.removeEventListener("abort", stop);
      clearTimeout(killer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(answer);
    };
    child.once("error", (error) => ended(inconclusive(`${program} cannot be run: ${messageOf(error)}`)));
    child.once("exit", (code, by) => {
      endGroup(child.pid, "SIGKILL");
      const finish = (): void => ended(judged(program, code, by, lastLine(out()), lastLine(err())));
      // What has left the group can hold the streams open for as long as it runs.
      const patience = setTimeout(finish, graceMs);
      child.once("close", () => {
        clearTimeout(patience);
        finish();
      });
    });
  });
}

function judged(program: string, code: number | null, by: string | null, out: string, err: string): GateAnswer {
  const said = (line: string) => (line === "" ? "" : `: ${line}`);
  if (code === 0) return pass(`${program} ended with 0${said(out)}`);
  if (code === 1) return fail(`${program} ended with 1${said(err || out)}`);
  return inconclusive(`${program} ended ${code === null ? `by ${by}` : `with ${code}`}${said(err || out)}`);
}

/** `fleetDomain` as `FLEET_DOMAIN`. */
const variable = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

function tailOf(stream: NodeJS.ReadableStream): () => string {
  let tail = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => (tail = Buffer.concat([tail, chunk]).subarray(-tailBytes)));
  stream.on("error", () => undefined);
  return () => tail.toString("utf8");
}

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1)?.trim() ?? "";

function endGroup(pid: number | undefined, signal: "SIGTERM" | "SIGKILL"): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}
