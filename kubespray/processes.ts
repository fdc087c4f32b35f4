import { randomUUID } from "node:crypto";
import { type ChildProcess, spawn } from "node:child_process";
import { carriers } from "../rollout/runner/descendants";

/** Names a program to everything that it starts: Ansible's workers and shared ssh connections leave the process group. */
const programMark = "EDGEWAVE_KUBESPRAY_PROGRAM";

/** Names a site's whole run to everything that is started for it. */
export const runMark = "EDGEWAVE_KUBESPRAY_RUN";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly signal: AbortSignal;
  /** In milliseconds; for ever without it. */
  readonly timeout?: number;
  /** Gets whole lines of standard output, which are then not kept. */
  readonly onLine?: (line: string) => void;
  readonly onErrorLine?: (line: string) => void;
  readonly input?: string;
}

/** The step took longer than it may. */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

/** From SIGINT until SIGKILL, in milliseconds. Whoever cancels the runner gives it three seconds (engines do). */
const grace = 1_500;

/**
 * Runs a program to its end. It stays in the caller's process group, so that what kills that group kills it too; what has
 * left the group is known by a mark in its environment and is killed with it.
 * @throws TooLong, or the reason of the signal; every process of the run is gone by then.
 */
export async function runProgram(file: string, args: readonly string[], options: StartOptions): Promise<Ended> {
  const { env, cwd, signal, timeout, onLine, onErrorLine, input } = options;
  signal.throwIfAborted();
  const mark = randomUUID();
  const child = spawn(file, args, {
    env: { ...env, [programMark]: mark },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  let late = false;
  let kill: NodeJS.Timeout | undefined;
  const end = () => {
    send(child.pid, "SIGINT");
    kill ??= setTimeout(() => killAll(child, mark), grace);
  };
  const limit =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          end();
        }, timeout);
  signal.addEventListener("abort", end, { once: true });
  try {
    const out = new Lines(onLine);
    const err = new Lines(onErrorLine);
    child.stdout?.on("data", (data: Buffer) => out.add(data));
    child.stderr?.on("data", (data: Buffer) => err.add(data));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
    const { code, signal: by } = await new Promise<Pick<Ended, "code" | "signal">>((resolve, reject) => {
      child.once("error", reject);
      // Not `close`: a shared ssh connection that stays behind holds the pipes open.
      child.once("exit", (exit, why) => setImmediate(() => resolve({ code: exit, signal: why })));
    });
    await drained(child);
    if (signal.aborted) throw signal.reason;
    if (late) throw new TooLong(`${file} did not end within ${Math.round((timeout ?? 0) / 1000)} s`);
    return { code, signal: by, stdout: out.end(), stderr: err.end() };
  } finally {
    clearTimeout(limit);
    clearTimeout(kill);
    signal.removeEventListener("abort", end);
    // What ends by itself may leave a shared connection for the next program; see `endRun`.
    if (signal.aborted || late) killAll(child, mark);
  }
}

/** What was written before the end is read to the end, unless somebody else holds the pipe. */
async function drained(child: ChildProcess): Promise<void> {
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const patience = new Promise<void>((resolve) => setTimeout(resolve, 500));
  await Promise.race([closed, patience]);
}

/** Ends everything that was started with that value of `runMark`, such as shared connections. */
export function endRun(mark: string): void {
  for (const pid of carriers(runMark, mark)) send(pid, "SIGKILL");
}

function killAll(child: ChildProcess, mark: string): void {
  for (const pid of carriers(programMark, mark)) send(pid, "SIGKILL");
  if (child.exitCode === null && child.signalCode === null) send(child.pid, "SIGKILL");
}

function send(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}

/** What of a stream is kept in memory if nobody takes its lines. */
const mostText = 1024 * 1024;

class Lines {
  private text = "";
  private partial = "";

  constructor(private readonly take: ((line: string) => void) | undefined) {}

  add(data: Buffer): void {
    if (this.take === undefined) {
      this.text = (this.text + data.toString()).slice(-mostText);
      return;
    }
    const lines = (this.partial + data.toString()).split("\n");
    this.partial = lines.pop() ?? "";
    for (const line of lines) this.take(line);
  }

  end(): string {
    if (this.partial !== "") this.take?.(this.partial);
    this.partial = "";
    return this.text;
  }
}
