import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { aGate } from "../rollout/gates/aGate";
import { Bench } from "./request";

describe("the command gate", () => {
  let bench: Bench;
  beforeEach(() => (bench = new Bench()));
  afterEach(() => bench.remove());

  const command = (...parts: string[]) => aGate("command", { command: parts });
  const node = (script: string, ...args: string[]) => command(process.execPath, "-e", script, ...args);
  const sh = (script: string) => command("/bin/sh", "-c", script);

  for (const [what, script, answer] of [
    [
      "passes with 0 and the last line that it wrote",
      "echo a; echo fine; echo aside >&2",
      "pass: NAME ended with 0: fine",
    ],
    [
      "fails with 1 and the last line of its complaint",
      "echo a; echo broken >&2; exit 1",
      "fail: NAME ended with 1: broken",
    ],
    ["fails with 1 and what it wrote otherwise", "echo a; exit 1", "fail: NAME ended with 1: a"],
    ["is inconclusive with any other code", "exit 127", "inconclusive: NAME ended with 127"],
    ["is inconclusive when it is killed", "kill -9 $$", "inconclusive: NAME ended by SIGKILL"],
    [
      "passes with output that is not kept whole",
      "head -c 3000000 /dev/zero | tr '\\0' 'x'; echo; echo end",
      "pass: NAME ended with 0: end",
    ],
  ] as const) {
    it(what, async () => {
      expect((await bench.ask(sh(script))).replace("/bin/sh", "NAME")).to.equal(answer);
    });
  }

  it("is inconclusive without the program", async () => {
    expect(await bench.ask(command("edgewave-no-such-program"))).to.match(
      /^inconclusive: edgewave-no-such-program cannot be run: .*ENOENT$/,
    );
  });

  it("hands arguments over as they are, without a shell", async () => {
    const args = ["{site}; touch hacked", "$(touch hacked)", "", "{release}"];
    const found = await bench.ask(node("console.log(JSON.stringify(process.argv.slice(1)))", ...args));
    expect(found).to.contain('["porto; touch hacked","$(touch hacked)","","2026.11.0"]');
    expect(existsSync(path.join(bench.root, "hacked"))).to.equal(false);
  });

  it("runs in the fleet's folder, with its own environment and none of the driver's secrets", async () => {
    const gate = node("console.log(JSON.stringify([process.cwd(), process.env]))");
    const found = await bench.ask({ ...gate, environment: { REGION: "eu-{region}" } });
    const [directory, env] = JSON.parse(/\[.*/.exec(found)![0]) as [string, Record<string, string>];
    expect(directory).to.equal(bench.root);
    expect(env).to.include({
      REGION: "eu-atlantic",
      EDGEWAVE_SITE: "porto",
      EDGEWAVE_FLEET_DOMAIN: "harbours.example",
    });
    expect(Object.keys(env)).to.include("PATH").and.to.not.include("EDGEWAVE_PASSPHRASE");
  });

  it("ends the whole process group when its time is up, also one that does not want to", async () => {
    const stop = new AbortController();
    const script = `trap '' TERM; sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 1; done' & wait`;
    const asked = bench.ask(sh(script), {}, stop.signal);
    const child = await written(path.join(bench.root, "child"));
    stop.abort();
    expect(await asked).to.equal("inconclusive: /bin/sh ended by SIGKILL");
    expect(await isGone(child)).to.equal(true);
  });

  it("ends what a program has left running, and does not wait for it", async () => {
    const found = await bench.ask(
      sh("sh -c 'echo $$ > child; exec sleep 600' & until [ -s child ]; do :; done; echo done"),
    );
    expect(found).to.equal("pass: /bin/sh ended with 0: done");
    expect(await isGone(await written(path.join(bench.root, "child")))).to.equal(true);
  });
});

/** The number in a file, once it is there. */
async function written(file: string): Promise<number> {
  for (;;) {
    const number = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    if (number > 0) return number;
    await sleep(20);
  }
}

/** Whether a process is gone; it is given a moment in which its parent notices. */
async function isGone(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 250; tries += 1) {
    try {
      process.kill(pid, 0);
      if (/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return true;
    } catch {
      return true;
    }
    await sleep(20);
  }
  return false;
}
