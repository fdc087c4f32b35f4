import type { Readable, Writable } from "node:stream";
import pc from "picocolors";

/** Everything a command may know of the process that it runs in. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether standard output is a terminal that a person watches: bars and colours, else plain lines. */
  readonly interactive: boolean;
  /** Calls `handler` with 1 for the first Ctrl-C (or SIGTERM), 2 for the second, ...; returns how to stop that. */
  readonly onInterrupt: (handler: (count: number) => void) => () => void;
}

/** The real process. */
export function processIo(): Io {
  const interactive =
    process.stdout.isTTY === true && process.env["TERM"] !== "dumb" && process.env["CI"] === undefined;
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    interactive,
    onInterrupt(handler) {
      let count = 0;
      const listener = () => handler(++count);
      process.on("SIGINT", listener);
      process.on("SIGTERM", listener);
      return () => {
        process.off("SIGINT", listener);
        process.off("SIGTERM", listener);
      };
    },
  };
}

export type Colors = ReturnType<typeof pc.createColors>;

/** Colours for a terminal; none elsewhere or where `NO_COLOR` is set (no-color.org); `FORCE_COLOR` turns them on. */
export function colorsOf(io: Io): Colors {
  const forced = io.env["FORCE_COLOR"] !== undefined && io.env["FORCE_COLOR"] !== "0";
  return pc.createColors(io.env["NO_COLOR"] ? false : forced || io.interactive);
}

export function print(io: Io, text: string): void {
  io.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

export function printJson(io: Io, value: unknown): void {
  print(io, JSON.stringify(value, undefined, 2));
}
