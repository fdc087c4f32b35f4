import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";

import { expect } from "chai";

import { carriers, signalTree, workerMark } from "../../../rollout/runner/descendants";

describe("signalTree", () => {
  const started: ChildProcess[] = [];
  afterEach(() => started.splice(0).forEach((child) => child.kill("SIGKILL")));

  /** A shell that leads a group of its own, and starts another one in a session of its own. */
  async function tree(
    mark: string,
  ): Promise<{ readonly leader: number; readonly far: number; readonly root: ChildProcess }> {
    const far = "const c = require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });";
    const root = spawn(process.execPath, ["-e", `${far} console.log(c.pid); setInterval(() => {}, 1000)`], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: { PATH: process.env["PATH"], [workerMark]: mark },
    });
    started.push(root);
    const [output] = (await once(root.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    return { leader: root.pid as number, far: Number(output.toString()), root };
  }
  const ended = async (pid: number) => {
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  const linux = existsSync("/proc/self/environ");
  (linux ? it : it.skip)(`reaches what has left the process group${linux ? "" : " (needs /proc)"}`, async () => {
    const mark = randomUUID();
    const other = await tree(randomUUID());
    const { leader, far, root } = await tree(mark);
    expect(carriers(workerMark, mark)).to.have.members([leader, far]);
    const exit = once(root, "exit");
    signalTree(leader, mark, "SIGKILL");
    await exit;
    await ended(far);
    process.kill(other.leader, 0);
    process.kill(other.far, 0);
    const otherExit = once(other.root, "exit");
    process.kill(-other.leader, "SIGKILL");
    process.kill(-other.far, "SIGKILL");
    await otherExit;
  });

  it("does nothing where nobody is left, nor where there is no /proc", () => {
    const mark = randomUUID();
    expect(carriers(workerMark, mark)).to.deep.equal([]);
    expect(carriers(workerMark, mark, "/nowhere")).to.deep.equal([]);
    signalTree(2 ** 30, mark, "SIGKILL");
  });
});
