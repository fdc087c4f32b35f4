import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export const repository = path.join(__dirname, "..", "..");

export interface CommandOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  /** Resolves when standard output has matched, or rejects when the command ended without. */
  readonly sees: (pattern: RegExp) => Promise<void>;
  readonly ended: Promise<CommandOutcome>;
}

/** Starts the real command in a process group of its own, without the caller's Pulumi settings. */
export function startEdgewave(args: readonly string[], env: Record<string, string> = {}): RunningCommand {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PULUMI_|EDGEWAVE_)/.test(name)),
  );
  const child = spawn(process.execPath, [path.join(repository, "bin", "edgewave.js"), ...args], {
    cwd: repository,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  let waiting: (() => void)[] = [];
  const wake = () => {
    const now = waiting;
    waiting = [];
    for (const resume of now) resume();
  };
  child.stdout.on("data", (data: Buffer) => {
    stdout += data.toString();
    wake();
  });
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  let over = false;
  const ended = new Promise<CommandOutcome>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      over = true;
      wake();
      resolve({ code, signal, stdout, stderr });
    });
  });
  const sees = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(stdout)) {
      if (over) throw new Error(`the command ended before it printed ${pattern}:\n${stdout}\n${stderr}`);
      await new Promise<void>((resume) => waiting.push(resume));
    }
  };
  return { child, sees, ended };
}

export async function edgewave(args: readonly string[], env: Record<string, string> = {}): Promise<CommandOutcome> {
  return startEdgewave(args, env).ended;
}

/** Ends the command and every process that it started. */
export function killGroup(running: RunningCommand, signal: NodeJS.Signals): void {
  if (running.child.pid !== undefined) process.kill(-running.child.pid, signal);
}

/** Runs `use` with a new folder and removes it afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), "edgewave-test-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
