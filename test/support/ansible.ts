import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { Context } from "mocha";

const requirements = path.join(__dirname, "ansible-requirements.txt");

/** Milliseconds that a test's `before` may take the first time: a few packages are fetched then. */
export const firstTime = 300_000;

/** A real Ansible of the pinned version, in a virtual environment that tests made. */
export interface Ansible {
  /** Absolute path of the virtual environment. */
  readonly folder: string;
  /** Absolute path of a program of it, such as `ansible-playbook`. */
  program(name: string): string;
  /** Runs a program of it; a code other than 0 is an outcome, not an error. */
  run(name: string, args: readonly string[], options?: RunOptions): Promise<AnsibleOutcome>;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Beside what keeps the caller's own Ansible settings out. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface AnsibleOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let made: Promise<Ansible | string> | undefined;

/**
 * Ansible for a suite's `before`, made once and kept in the user's cache. Where it cannot be made (no Python from 3.11
 * to 3.13, or no package index), the suite is skipped with the reason; CI fails instead.
 */
export async function needsAnsible(context: Context): Promise<Ansible> {
  made ??= make().catch((error: Error) => error.message);
  const ansible = await made;
  if (typeof ansible !== "string") return ansible;
  if (process.env["CI"] !== undefined) throw new Error(ansible);
  console.log(`      skipped: ${ansible}`);
  return context.skip();
}

async function make(): Promise<Ansible> {
  const python = await findPython();
  if (python === undefined) throw new Error("there is no Python from 3.11 to 3.13 with venv on the PATH");
  const folder = environmentFolder(python.version);
  if (!existsSync(folder)) await build(python.command, folder);
  return {
    folder,
    program: (name) => path.join(folder, "bin", name),
    run: (name, args, options) => run(path.join(folder, "bin", name), args, options),
  };
}

/** Where the environment of these requirements is kept, outside the tree. */
function environmentFolder(pythonVersion: string): string {
  const cache = process.env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache");
  const hash = createHash("sha256").update(`${process.arch} ${pythonVersion}`).update(readFileSync(requirements));
  return path.join(cache, "edgewave", "ansible", hash.digest("hex").slice(0, 12));
}

/**
 * Built under a name of its own and then linked to, because a virtual environment cannot be moved and several test runs
 * may be at it; the first one counts.
 */
async function build(python: string, folder: string): Promise<void> {
  const own = `${folder}-${randomUUID()}`;
  await mkdir(path.dirname(folder), { recursive: true });
  try {
    await must(python, ["-m", "venv", own]);
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--only-binary=:all:"];
    await must(path.join(own, "bin", "python"), [...pip, "--no-deps", "--requirement", requirements]);
    await symlink(path.basename(own), folder);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function findPython(): Promise<{ readonly command: string; readonly version: string } | undefined> {
  for (const command of ["python3", "python3.13", "python3.12", "python3.11"]) {
    // ensurepip is what Debian's python3 lacks without python3-venv.
    const probe = "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])";
    const { code, stdout } = await run(command, ["-c", probe]);
    const version = stdout.trim();
    if (code === 0 && ["3.11", "3.12", "3.13"].includes(version)) return { command, version };
  }
  return undefined;
}

async function must(command: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args);
  if (code !== 0) throw new Error(`Ansible cannot be installed: ${stderr.trim().split("\n").slice(-3).join(" ")}`);
}

async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<AnsibleOutcome> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ANSIBLE_|PIP_REQUIRE|PYTHON)/.test(name));
  const env = { ...Object.fromEntries(inherited), LC_ALL: "C.UTF-8", ANSIBLE_NOCOLOR: "1", ...options.env };
  return await new Promise((resolve) => {
    execFile(
      command,
      [...args],
      { cwd: options.cwd, env, encoding: "utf8", maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 127;
        resolve({ code, stdout, stderr });
      },
    );
  });
}
