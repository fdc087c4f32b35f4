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
  const found = inspect(identity.pid);
  if (found === undefined) return "alive";
  return found.ended || found.startedAt > identity.seenAt + startTimeTolerance ? "dead" : "alive";
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

/** What /proc says of a process; undefined where there is none. */
function inspect(pid: number): { readonly ended: boolean; readonly startedAt: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses, which may hold spaces and parentheses; the third is the state
    // and field 22 the start. A zombie has ended, though its number is still taken until its parent has noticed.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    const startedAt = boot * 1000 + (Number(fields[18]) / ticksPerSecond) * 1000;
    return Number.isFinite(startedAt) ? { ended: state === "Z" || state === "X", startedAt } : undefined;
  } catch {
    return undefined;
  }
}
