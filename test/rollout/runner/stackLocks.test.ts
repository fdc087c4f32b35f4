import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { assert, expect } from "chai";

import { findStaleLocks } from "../../../rollout/runner/stackLocks";
import { StackLocked } from "../../../rollout/stackRunner";

describe("findStaleLocks", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgewave-locks-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const leave = (pid: number, timestamp: number, host = hostname()) =>
    writeFile(
      join(folder, "lock.json"),
      JSON.stringify({ pid, username: "root", hostname: host, timestamp: new Date(timestamp).toISOString() }),
    );
  const find = (wait = 0) => findStaleLocks("porto", folder, { wait, signal: new AbortController().signal });
  const failure = async () => {
    const error: unknown = await find().catch((cause: unknown) => cause);
    assert(error instanceof StackLocked);
    return error.message;
  };

  it("finds none where there is none", async () => {
    expect(await find()).to.equal(undefined);
  });

  it("takes a lock for stale of whose process nobody has the number", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    await leave(child.pid ?? 0, Date.now());
    expect(await find())
      .to.contain(`(process ${child.pid})`)
      .and.to.contain("whose process is gone");
  });

  it("never takes a lock for stale whose process is alive, whatever the clock was when it was made", async () => {
    for (const days of [-10_000, -1, 0, 1]) {
      await leave(process.pid, Date.now() + days * 86_400_000);
      expect(await failure()).to.contain(`(process ${process.pid})`);
    }
  });

  it("says what to do about a lock of which nothing can be proven", async () => {
    await leave(process.pid, 0);
    expect(await failure())
      .to.contain("another process has its number")
      .and.to.contain("pulumi cancel");
    await leave(1, Date.now(), "elsewhere");
    expect(await failure()).to.contain("pulumi cancel");
  });
});
