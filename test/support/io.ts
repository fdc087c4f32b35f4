import { PassThrough } from "node:stream";
import type { Io } from "../../cli/io";

export interface RecordedIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
}

/** A command's surroundings that keep what it prints. */
export function recordedIo(cwd: string, env: Record<string, string> = {}, input = ""): RecordedIo {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  let out = "";
  let err = "";
  stdout.on("data", (data: Buffer) => (out += data.toString()));
  stderr.on("data", (data: Buffer) => (err += data.toString()));
  return {
    stdin: PassThrough.from(input === "" ? [] : [input]) as PassThrough,
    stdout,
    stderr,
    env,
    cwd,
    interactive: false,
    onInterrupt: () => () => undefined,
    out: () => out,
    err: () => err,
  };
}
