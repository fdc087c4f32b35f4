import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";

import { assert, expect } from "chai";

import { ownOrigin, processState } from "../../rollout/processProof";

describe("processState", () => {
  const host = hostname();
  const seenAt = Date.now();
  const found = ownOrigin();
  assert(found, "these tests need /proc");
  const origin = found;

  it("finds this process alive", () =>
    expect(processState({ host, pid: process.pid, seenAt, origin: undefined })).to.equal("alive"));

  it("finds a process dead that has ended", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(processState({ host, pid: child.pid ?? 0, seenAt, origin: undefined })).to.equal("dead");
  });

  it("does not know of a process without an origin whose number another one seems to have: the clock may have been set", () => {
    const longAgo = seenAt - process.uptime() * 1000 - 60_000;
    expect(processState({ host, pid: process.pid, seenAt: longAgo, origin: undefined })).to.equal("unknown");
  });

  it("finds a zombie dead, though its number is still taken", async () => {
    // The shell's child ends while the shell, replaced by sleep, never asks for it.
    const shell = spawn("sh", ["-c", "sh -c 'echo $$' & exec sleep 5"], { stdio: ["ignore", "pipe", "ignore"] });
    const [output] = (await once(shell.stdout, "data")) as [Buffer];
    const zombie = Number(output.toString());
    for (
      let state = "alive";
      state !== "dead";
      state = processState({ host, pid: zombie, seenAt: Date.now(), origin: undefined })
    ) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    process.kill(zombie, 0);
    shell.kill();
  });

  it("says nothing about another host's processes", () => {
    expect(processState({ host: "elsewhere", pid: process.pid, seenAt, origin })).to.equal("unknown");
  });

  it("finds what is no process number dead, and signals nobody", () => {
    for (const pid of [0, -1, 1.5, NaN]) expect(processState({ host, pid, seenAt, origin })).to.equal("dead");
  });

  it("finds a process by its origin alive whatever the clock says", () => {
    for (const time of [0, seenAt, seenAt * 2]) {
      expect(processState({ host, pid: process.pid, seenAt: time, origin })).to.equal("alive");
    }
  });

  it("finds a process dead whose number another one has by now, whatever the clock says", () => {
    for (const time of [0, seenAt, seenAt * 2]) {
      const other = { ...origin, startTicks: origin.startTicks - 1 };
      expect(processState({ host, pid: process.pid, seenAt: time, origin: other })).to.equal("dead");
    }
  });

  it("proves nothing about another boot or PID namespace under the same host name, whoever has the number here", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const elsewhere = [
      { ...origin, bootId: "00000000-0000-0000-0000-000000000000" },
      { ...origin, pidNamespace: "pid:[1]" },
    ];
    for (const other of elsewhere) {
      for (const pid of [child.pid ?? 0, process.pid]) {
        expect(processState({ host, pid, seenAt, origin: other })).to.equal("unknown");
      }
    }
  });

  it("gives each process its own origin, and the same one every time", () => {
    expect(ownOrigin()).to.deep.equal(origin);
    expect(origin.bootId).to.match(/^[0-9a-f-]{36}$/);
    expect(origin.pidNamespace).to.match(/^pid:\[\d+\]$/);
    expect(origin.startTicks).to.be.greaterThan(0);
  });
});
