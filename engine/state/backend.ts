import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { parse } from "yaml";

import { EngineError, RefusedError } from "../errors";
import {
  isMissing,
  keepAs,
  readIfThere,
  removeWithAttributes,
  writeAtomic,
  writeAttributes,
  writeWithAttributes,
} from "./files";
import { nanoseconds } from "./history";
import { StackLock } from "./lock";
import type { StackName } from "./names";
import { qualifiedName } from "./names";

const META_VERSION = 1;

/** Pulumi's file backend: a folder `.pulumi` with stacks, history, backups and locks, by project. */
export class FileBackend {
  private readonly base: string;

  private constructor(private readonly root: string) {
    this.base = join(root, ".pulumi");
  }

  /**
   * Opens the backend of a URL, making its folder's `meta.yaml` if it is new.
   *
   * @param url `file://PATH`; a path may begin with `~` or be relative to `cwd`.
   */
  static async open(url: string, cwd: string): Promise<FileBackend> {
    if (!url.startsWith("file://")) {
      throw new RefusedError(`the backend '${url}'`, "set PULUMI_BACKEND_URL to file://FOLDER");
    }
    const path = (url.slice("file://".length).split("?")[0] ?? "").replace(/^~(?=\/|$)/, homedir());
    const backend = new FileBackend(resolve(cwd, decodeURI(path)));
    await backend.ensureMeta();
    return backend;
  }

  get url(): string {
    return pathToFileURL(this.root).href;
  }

  checkpointPath(name: StackName): string {
    return join(this.base, "stacks", name.project, `${name.stack}.json`);
  }

  historyFolder(name: StackName): string {
    return join(this.base, "history", name.project, name.stack);
  }

  lock(name: StackName): StackLock {
    const path = join("locks", qualifiedName(name));
    return new StackLock(join(this.base, path), `${this.url}/.pulumi/${path}`);
  }

  /** The checkpoint's text, or `undefined` if there is no such stack. */
  async read(name: StackName): Promise<string | undefined> {
    const path = this.checkpointPath(name);
    const text = await readIfThere(path);
    if (text === undefined) {
      await refuseCompressed(path);
    }
    return text;
  }

  /** Replaces the checkpoint, keeping the former one as `.bak`. */
  async write(name: StackName, text: string, durable: boolean): Promise<void> {
    const path = this.checkpointPath(name);
    await keepAs(path, `${path}.bak`);
    await writeAtomic(path, text, durable);
  }

  /** Writes the first checkpoint of a stack. */
  async create(name: StackName, text: string): Promise<void> {
    await writeWithAttributes(this.checkpointPath(name), text, true);
  }

  /** Brings the attributes of the checkpoint and its backup up to date, and adds a copy to the backups. */
  async finish(name: StackName): Promise<void> {
    const path = this.checkpointPath(name);
    for (const file of [path, `${path}.bak`]) {
      const text = await readIfThere(file);
      if (text !== undefined) {
        await writeAttributes(file, text);
      }
    }
    const text = await readIfThere(path);
    if (text !== undefined) {
      const folder = join(this.base, "backups", name.project, name.stack);
      await writeWithAttributes(join(folder, `${name.stack}.${nanoseconds()}.json`), text, false);
    }
  }

  /** Gives the history of a stack to another one. */
  async moveHistory(from: StackName, to: StackName): Promise<void> {
    const [old, now] = [this.historyFolder(from), this.historyFolder(to)];
    for (const file of await namesIn(old)) {
      // A file is named after its stack and its time.
      const dash = file.lastIndexOf("-");
      if (dash !== -1 && file.slice(0, dash) === from.stack) {
        await mkdir(now, { recursive: true, mode: 0o700 });
        await rename(join(old, file), join(now, `${to.stack}${file.slice(dash)}`));
      }
    }
  }

  /** Removes a stack with its history; its last checkpoint stays as `.bak`. */
  async remove(name: StackName): Promise<void> {
    const path = this.checkpointPath(name);
    await keepAs(path, `${path}.bak`);
    await removeWithAttributes(path);
    await rm(this.historyFolder(name), { recursive: true, force: true });
  }

  /** All stacks, by project and name. */
  async list(): Promise<StackName[]> {
    const folder = join(this.base, "stacks");
    const projects = (await namesIn(folder)).sort();
    const found = await Promise.all(
      projects.map(async (project) =>
        (await namesIn(join(folder, project)))
          .filter((file) => file.endsWith(".json"))
          .sort()
          .map((file) => ({ project, stack: file.slice(0, -".json".length) })),
      ),
    );
    return found.flat();
  }

  private async ensureMeta(): Promise<void> {
    const path = join(this.base, "meta.yaml");
    const text = await readIfThere(path);
    if (text === undefined) {
      const legacy = (await namesIn(join(this.base, "stacks"))).some((file) => file.endsWith(".json"));
      if (legacy) {
        throw new RefusedError(
          `the legacy state layout of ${this.base}`,
          "run `pulumi state upgrade` with the official CLI first",
        );
      }
      await mkdir(this.base, { recursive: true, mode: 0o700 });
      await writeWithAttributes(path, `version: ${META_VERSION}\n`, true);
      return;
    }
    const version = (parse(text) as { version?: unknown } | null)?.version;
    if (version !== META_VERSION) {
      throw new EngineError(`${path} names version ${String(version)} of the state store; this engine knows version 1`);
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (isMissing(cause) || (cause as NodeJS.ErrnoException).code === "ENOTDIR") {
      return [];
    }
    throw cause;
  }
}

async function refuseCompressed(path: string): Promise<void> {
  const files = await namesIn(dirname(path));
  const compressed = files.find((file) => file === `${basename(path)}.gz` || file === `${basename(path)}.zst`);
  if (compressed !== undefined) {
    throw new RefusedError(
      `compressed checkpoints (${compressed})`,
      "write it once with PULUMI_DIY_BACKEND_GZIP=false",
    );
  }
}
