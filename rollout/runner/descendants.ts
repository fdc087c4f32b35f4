import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names a worker to everything that it starts. */
export const workerMark = "EDGEWAVE_WORKER";

/**
 * Signals a worker's process group, and on Linux also what has left it: engines give each provider and each command a
 * group or session of its own, so that a signal to the worker's group does not reach it. They are known by a variable
 * that they all inherit (proc_pid_environ(5)).
 * @param leader the worker's process number, which is its group's.
 * @param mark the worker's value of `workerMark`, which no other process has.
 */
export function signalTree(leader: number, mark: string, signal: NodeJS.Signals): void {
  send(-leader, signal);
  for (const pid of carriers(workerMark, mark)) send(pid, signal);
}

/**
 * Ends what still runs of a run whose worker is dead, such as a command that it had begun. They are known by the run's
 * scratch folder, which is theirs for temporary files too.
 * @returns how many there were.
 */
export function endStragglers(scratch: string): number {
  const stragglers = carriers("TMPDIR", scratch).filter((pid) => pid !== process.pid);
  for (const pid of stragglers) send(pid, "SIGKILL");
  return stragglers.length;
}

/** Signals the process group alone. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  send(-leader, signal);
}

/** The processes that were started with a variable of that value; none where /proc does not tell. */
export function carriers(variable: string, value: string, proc = "/proc"): number[] {
  const entry = `\0${variable}=${value}\0`;
  let names: string[];
  try {
    names = readdirSync(proc);
  } catch {
    return [];
  }
  return names
    .filter((name) => /^[1-9]\d*$/.test(name) && environment(join(proc, name, "environ")).includes(entry))
    .map(Number);
}

function environment(file: string): string {
  try {
    return `\0${readFileSync(file, "latin1")}\0`;
  } catch {
    // It has ended, or is somebody else's.
    return "";
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already.
  }
}
