import { randomUUID } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

import { EngineError } from "../errors";
import { isMissing, readIfThere, removeWithAttributes, writeAtomic, writeAttributes } from "./files";

interface LockContent {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** The locks of one stack: a folder with one file for each process that holds it. */
export class StackLock {
  private readonly own = `${randomUUID()}.json`;

  /** @param url how errors name the folder. */
  constructor(
    private readonly folder: string,
    private readonly url: string,
  ) {}

  /**
   * Runs `work` while holding the lock.
   *
   * @throws if another process holds it; the message is the official CLI's, by which the SDK knows the case.
   */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    await this.check();
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const content: LockContent = {
      pid: process.pid,
      username: userInfo().username,
      hostname: hostname(),
      timestamp: new Date().toISOString(),
    };
    const text = JSON.stringify(content);
    const path = join(this.folder, this.own);
    await writeAtomic(path, text, false);
    await writeAttributes(path, text);
    try {
      // Two may have passed the first look at once; then both see the other now, and both give way.
      await this.check();
      return await work();
    } finally {
      await removeWithAttributes(path);
    }
  }

  /** Removes every lock, as `pulumi cancel` does. */
  async clear(): Promise<number> {
    const others = await this.others();
    for (const name of others) {
      await removeWithAttributes(join(this.folder, name));
    }
    return others.length;
  }

  private async check(): Promise<void> {
    const others = await this.others();
    if (others.length === 0) {
      return;
    }
    const lines = await Promise.all(others.map((name) => this.describe(name)));
    throw new EngineError(
      `the stack is currently locked by ${others.length} lock(s). Either wait for the other process(es) to end or ` +
        `delete the lock file with \`pulumi cancel\`.${lines.map((line) => `\n  ${line}`).join("")}`,
    );
  }

  private async describe(name: string): Promise<string> {
    const text = await readIfThere(join(this.folder, name));
    const where = `${this.url}/${name}`;
    try {
      const lock = JSON.parse(text ?? "") as LockContent;
      const seconds = lock.timestamp.replace(/\.\d+/, "");
      return `${where}: created by ${lock.username}@${lock.hostname} (pid ${lock.pid}) at ${seconds}`;
    } catch {
      return `${where}: its content cannot be read`;
    }
  }

  private async others(): Promise<string[]> {
    try {
      const names = await readdir(this.folder);
      return names.filter((name) => name.endsWith(".json") && name !== this.own).sort();
    } catch (cause) {
      if (isMissing(cause)) {
        return [];
      }
      throw cause;
    }
  }
}
