import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";

import { expect } from "chai";

import { processState } from "../../rollout/processProof";

describe("processState", () => {
  const host = hostname();
  const seenAt = Date.now();

  it("finds this process alive", () => expect(processState({ host, pid: process.pid, seenAt })).to.equal("alive"));

  it("finds a process dead that has ended", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(processState({ host, pid: child.pid ?? 0, seenAt })).to.equal("dead");
  });

  it("finds a process dead whose number another one has by now", () => {
    const longAgo = seenAt - process.uptime() * 1000 - 60_000;
    expect(processState({ host, pid: process.pid, seenAt: longAgo })).to.equal("dead");
  });

  it("finds a zombie dead, though its number is still taken", async () => {
    // The shell's child ends while the shell, replaced by sleep, never asks for it.
    const shell = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 5"], { stdio: ["ignore", "pipe", "ignore"] });
    const [output] = (await once(shell.stdout, "data")) as [Buffer];
    const zombie = Number(output.toString());
    for (let state = "alive"; state !== "dead"; state = processState({ host, pid: zombie, seenAt: Date.now() })) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    process.kill(zombie, 0);
    shell.kill();
  });

  it("says nothing about another host's processes", () => {
    expect(processState({ host: "elsewhere", pid: process.pid, seenAt })).to.equal("unknown");
  });

  it("finds what is no process number dead, and signals nobody", () => {
    for (const pid of [0, -1, 1.5, NaN]) expect(processState({ host, pid, seenAt })).to.equal("dead");
  });
});
