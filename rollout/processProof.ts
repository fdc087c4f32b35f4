import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** A process as something it left behind names it: a lease, or the lock of a stack. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** When the process is known to have been there, in milliseconds since the epoch. */
  readonly seenAt: number;
}

/** Process start times from /proc are this exact; a process that seems to start within it is given the benefit. */
const startTimeTolerance = 2_000;
/** USER_HZ, which is 100 on every Linux architecture that Node runs on (proc(5)). */
const ticksPerSecond = 100;

/**
 * What is known of a process: `dead` only when proven on this host, that is no process has the number, or the one that
 * has it started after the process was seen. `unknown` for processes of other hosts.
 */
export function processState(identity: ProcessIdentity, host = hostname()): "alive" | "dead" | "unknown" {
  if (identity.host !== host) return "unknown";
  if (!exists(identity.pid)) return "dead";
  const startedAt = startTime(identity.pid);
  return startedAt !== undefined && startedAt > identity.seenAt + startTimeTolerance ? "dead" : "alive";
}

function exists(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Milliseconds since the epoch; undefined where there is no /proc. */
function startTime(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses and may hold spaces and parentheses; field 22 is the start.
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    const started = boot * 1000 + (ticks / ticksPerSecond) * 1000;
    return Number.isFinite(started) ? started : undefined;
  } catch {
    return undefined;
  }
}
