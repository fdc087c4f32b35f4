import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { statSync } from "node:fs";
import { Collector } from "./output";

/** One run of a command. */
export interface ProcessRequest {
  /** Program and arguments. */
  readonly argv: readonly string[];
  /** Absolute folder to run in. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Text for standard input; without it, or empty, the command reads end of file. */
  readonly stdin: string | undefined;
  readonly signal: AbortSignal;
  /** Gets each whole line of output while the command runs, without its end. */
  readonly onLine: (stream: "stdout" | "stderr", line: string) => void;
}

export interface ProcessResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order of arrival. */
  readonly output: string;
  /** `exit status N` or `signal: NAME` as Go words it; undefined after success. */
  readonly failure: string | undefined;
}

/**
 * Runs the words after it with its own input through a pipe. What Node calls a pipe is a socket, which a command cannot
 * open as /dev/stdin; the official provider gives a real one.
 */
const throughPipe = ["/bin/sh", "-c", 'cat | "$@"', "sh"];

/** How long a cancelled command may take to leave after SIGINT, before its process group is killed. */
const graceMilliseconds = 3000;

/**
 * Runs a command in a process group of its own and waits until it and everything that holds its output has ended.
 *
 * On cancellation the whole group gets SIGINT, as from a terminal, and after three seconds SIGKILL.
 *
 * @throws Error if the command cannot be started, or when `signal` is aborted, after the group is gone.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessResult> {
  request.signal.throwIfAborted();
  const [program, ...args] = request.argv;
  if (program === undefined) throw new Error("the interpreter names no program");
  const feeds = request.stdin !== undefined && request.stdin !== "";
  const [first, ...rest] = feeds && process.platform !== "win32" ? [...throughPipe, program, ...args] : request.argv;
  const child = spawn(first as string, rest, {
    cwd: request.directory,
    env: request.environment,
    detached: true,
    stdio: [feeds ? "pipe" : "ignore", "pipe", "pipe"],
  });
  return await new Promise<ProcessResult>((resolve, reject) => {
    const both: Buffer[] = [];
    const stdout = new Collector("stdout", both, request.onLine);
    const stderr = new Collector("stderr", both, request.onLine);
    child.stdout?.on("data", (chunk: Buffer) => stdout.add(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.add(chunk));

    let kill: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      signalGroup(child, "SIGINT");
      kill = setTimeout(() => signalGroup(child, "SIGKILL"), graceMilliseconds);
    };
    request.signal.addEventListener("abort", cancel, { once: true });
    const settle = (): void => {
      request.signal.removeEventListener("abort", cancel);
      clearTimeout(kill);
    };

    child.once("error", (error) => {
      settle();
      reject(startError(error, program, request.directory));
    });
    child.once("close", (code, signal) => {
      settle();
      stdout.end();
      stderr.end();
      if (request.signal.aborted) {
        reject(new Error("the command was cancelled", { cause: request.signal.reason }));
        return;
      }
      resolve({
        stdout: stdout.text(),
        stderr: stderr.text(),
        output: Buffer.concat(both).toString("utf8"),
        failure: failureOf(code, signal),
      });
    });

    // A command need not read its input: `true` has ended before it is written.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(request.stdin);
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, signal);
  } catch {
    // ESRCH: the group has left by itself.
  }
}

function startError(error: NodeJS.ErrnoException, program: string, directory: string): Error {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") return error;
  const folder = statSync(directory, { throwIfNoEntry: false });
  const what = folder?.isDirectory() ? `no program ${program}` : `no folder ${directory} to run it in`;
  return new Error(`there is ${what}`, { cause: error });
}

function failureOf(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (signal !== null) return `signal: ${signal}`;
  return code === 0 ? undefined : `exit status ${code}`;
}
