import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * What tells a process from every other one that has had its number, and does not change when somebody sets the clock:
 * the boot, the PID namespace and the start within the boot (proc(5), pid_namespaces(7)).
 */
export interface ProcessOrigin {
  /** `/proc/sys/kernel/random/boot_id`. */
  readonly bootId: string;
  /** What `/proc/self/ns/pid` points at, such as `pid:[4026531836]`. */
  readonly pidNamespace: string;
  /** Field 22 of `/proc/PID/stat`: clock ticks from the boot to the start of the process. */
  readonly startTicks: number;
}

/** A process as something it left behind names it: a lease, or the lock of a stack. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** When the process is known to have been there, in milliseconds since the epoch. */
  readonly seenAt: number;
  /** Undefined if the process could not or did not leave it, as in a stack's lock or on systems without /proc. */
  readonly origin: ProcessOrigin | undefined;
}

/** Process start times from /proc are this exact; a process that seems to start within it is given the benefit. */
const startTimeTolerance = 2_000;
/** USER_HZ, which is 100 on every Linux architecture that Node runs on (proc(5)). */
const ticksPerSecond = 100;

/**
 * What is known of a process. `dead` is a proof that survives a clock that was set and containers that share a host's
 * name; times decide nothing.
 *
 * - With an origin: `unknown` from another boot or PID namespace, since two machines or containers may have one host
 *   name. In the same ones, `dead` if no process has the number, it has ended, or it started at another tick.
 * - Without one: `dead` if no process here has the number. If the one that has it seems to have started after the process
 *   was seen, either the number was given away or the clock was set: `unknown`. A process of another PID namespace under
 *   this host's name is taken for dead here, since nothing tells it from one that has ended.
 * - `unknown` for processes of other hosts.
 */
export function processState(identity: ProcessIdentity, host = hostname()): "alive" | "dead" | "unknown" {
  const { pid, origin } = identity;
  if (identity.host !== host) return "unknown";
  if (origin !== undefined) {
    const own = ownOrigin();
    if (own?.bootId !== origin.bootId || own.pidNamespace !== origin.pidNamespace) return "unknown";
  }
  if (!exists(pid)) return "dead";
  const found = inspect(pid);
  if (found === undefined) return "alive";
  if (found.ended) return "dead";
  if (origin !== undefined) return found.startTicks === origin.startTicks ? "alive" : "dead";
  return startedAt(found) > identity.seenAt + startTimeTolerance ? "unknown" : "alive";
}

/** The origin of this process; undefined where /proc does not tell. */
export function ownOrigin(): ProcessOrigin | undefined {
  const found = inspect(process.pid);
  if (found === undefined) return undefined;
  try {
    return {
      bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
      pidNamespace: readlinkSync("/proc/self/ns/pid"),
      startTicks: found.startTicks,
    };
  } catch {
    return undefined;
  }
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

interface FoundProcess {
  readonly ended: boolean;
  readonly startTicks: number;
}

/** What /proc says of a process; undefined where there is none. */
function inspect(pid: number): FoundProcess | undefined {
  try {
    // A /proc that was mounted in another PID namespace numbers processes otherwise.
    if (readlinkSync("/proc/self") !== String(process.pid)) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses, which may hold spaces and parentheses; the third is the state
    // and field 22 the start. A zombie has ended, though its number is still taken until its parent has noticed.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const startTicks = Number(fields[18]);
    return Number.isSafeInteger(startTicks) ? { ended: state === "Z" || state === "X", startTicks } : undefined;
  } catch {
    return undefined;
  }
}

/** By the clock as it is set now, in milliseconds since the epoch; NaN if the boot's time is not known. */
function startedAt({ startTicks }: FoundProcess): number {
  try {
    const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
    return (boot + startTicks / ticksPerSecond) * 1000;
  } catch {
    return NaN;
  }
}
