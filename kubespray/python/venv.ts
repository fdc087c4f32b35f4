import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { KubesprayFailed } from "../failure";
import { runProgram } from "../processes";
import { holdLock } from "../lock";

export interface VenvInputs {
  /** Absolute path of a file of requirements, each with its hashes. */
  readonly requirements: string;
  /** A Python to use; by default the first fitting one on the PATH. */
  readonly python: string | undefined;
  /** Folder of wheels that are installed instead of asking a package index. */
  readonly wheelhouse: string | undefined;
  readonly cache: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What ansible-core 2.17 and 2.18 run on as a controller (docs.ansible.com, support matrix). */
const versions = ["3.11", "3.12", "3.13"];
const candidates = ["python3", "python3.12", "python3.11", "python3.13"];

/**
 * The virtual environment with exactly these requirements, made the first time and kept in the user's cache. Of several
 * runs that want it at once, one makes it.
 * @returns its absolute path.
 * @throws KubesprayFailed `EDGE-KUBESPRAY-004` if there is no fitting Python, or a package is not to be had or is another
 *   than was pinned.
 */
export async function pinnedVenv(inputs: VenvInputs): Promise<string> {
  const { requirements, cache, signal } = inputs;
  const python = await findPython(inputs);
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${python.version}`);
  const key = hash
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 16);
  const folder = path.join(cache, "ansible", key);
  await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
  if (existsSync(folder)) return folder;
  const release = await holdLock(`${folder}.lock`, { wait: true, signal });
  try {
    if (!existsSync(folder)) await build(python.command, folder, inputs);
    return folder;
  } finally {
    await release();
  }
}

/** Built under a name of its own and then linked to: an environment cannot be moved, and half of one must not be used. */
async function build(python: string, folder: string, inputs: VenvInputs): Promise<void> {
  const own = `${folder}-${randomUUID()}`;
  try {
    await must(python, ["-m", "venv", own], inputs);
    const index = inputs.wheelhouse === undefined ? [] : ["--no-index", "--find-links", inputs.wheelhouse];
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
    const pinned = ["--require-hashes", "--only-binary", ":all:", "--requirement", inputs.requirements];
    await must(path.join(own, "bin", "python"), [...pip, ...index, ...pinned], inputs);
    await symlink(path.basename(own), folder);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    throw error;
  }
}

async function findPython({ python, env, signal }: VenvInputs): Promise<{ command: string; version: string }> {
  const tried: string[] = [];
  // ensurepip is what Debian's python3 lacks without python3-venv.
  const probe = ["-c", "import ensurepip, sys; print('%d.%d' % sys.version_info[:2])"];
  for (const command of python === undefined ? candidates : [python]) {
    const found = await runProgram(command, probe, { env, signal }).catch(() => undefined);
    const version = found?.code === 0 ? found.stdout.trim() : undefined;
    if (version !== undefined && versions.includes(version)) return { command, version };
    tried.push(`${command} ${version ?? "is not there, or lacks venv"}`);
  }
  throw new KubesprayFailed("EDGE-KUBESPRAY-004", `no Python fits Ansible: ${tried.join(", ")}`);
}

async function must(file: string, args: readonly string[], { env, signal }: VenvInputs): Promise<void> {
  const { code, stderr } = await runProgram(file, args, { env, signal });
  if (code === 0) return;
  const said = stderr.trim().split("\n").slice(-4).join(" ");
  throw new KubesprayFailed("EDGE-KUBESPRAY-004", `Ansible cannot be installed: ${said}`);
}
