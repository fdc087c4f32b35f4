import { expect } from "chai";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { edgewave, killGroup, repository, startEdgewave } from "../support/edgewave";
import { branches, checkpoint, checkpointFile, harbours, type RolloutStatus } from "../support/rollout";

describe("a rollout that does not run through", function () {
  this.timeout(300_000);
  let folder: string;
  let fleet: string;
  let out: string;

  const args = () => ["rollout", "--engine", "embedded", "--fleet", fleet, "--out", out];
  const readStatus = async (): Promise<RolloutStatus> => {
    const { stdout } = await edgewave(["status", "--json", "--fleet", fleet, "--out", out]);
    return JSON.parse(stdout) as RolloutStatus;
  };
  const expectAllDone = async () => {
    const status = await readStatus();
    expect(status.result).to.equal("succeeded");
    for (const { site, outcome } of status.sites) {
      expect(outcome, site).to.be.oneOf(["succeeded", "deferred"]);
      if (outcome === "deferred") continue;
      expect(checkpoint(out, site).checkpoint.latest?.pending_operations ?? [], site).to.deep.equal([]);
      expect(branches(out, site).deploy, site).to.equal(branches(out, site).release);
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-interruption-"));
    fleet = path.join(folder, "fleet");
    out = path.join(folder, "out");
    cpSync(harbours, fleet, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is killed with its workers in the middle, and the same command resumes it", async () => {
    const running = startEdgewave(args());
    await running.sees(/\[ ?5\/24\]/);
    killGroup(running, "SIGKILL");
    expect((await running.ended).signal).to.equal("SIGKILL");
    const killed = await readStatus();
    expect(killed.result).to.equal(null);

    const resumed = await edgewave(args());
    expect(resumed.code, resumed.stdout + resumed.stderr).to.equal(0);
    expect(resumed.stdout).to.contain("resuming");
    expect((await readStatus()).run).to.equal(killed.run);
    await expectAllDone();
  });

  it("is asked to stop by Ctrl-C, leaves whole states, says what is left, and resumes", async () => {
    const running = startEdgewave(args());
    await running.sees(/\[ ?4\/24\]/);
    running.child.kill("SIGINT");
    const stopped = await running.ended;
    expect(stopped.code, stopped.stdout + stopped.stderr).to.equal(130);
    expect(stopped.stdout).to.match(/interrupted, \d+ left/);
    for (const { site, outcome } of (await readStatus()).sites) {
      // A site that was cancelled before its first step has no state yet.
      const ran = outcome === "succeeded" || (outcome === "cancelled" && existsSync(checkpointFile(out, site)));
      if (!ran) continue;
      expect(checkpoint(out, site).checkpoint.latest?.pending_operations ?? [], site).to.deep.equal([]);
    }

    const resumed = await edgewave(args());
    expect(resumed.code, resumed.stdout + resumed.stderr).to.equal(0);
    await expectAllDone();
  });

  it("is refused with exit code 4 while another one runs", async () => {
    const running = startEdgewave(args());
    await running.sees(/\[ ?1\/24\]/);
    const second = await edgewave(args());
    expect(second.code, second.stdout + second.stderr).to.equal(4);
    expect(second.stderr).to.contain(String(running.child.pid));
    running.child.kill("SIGINT");
    expect((await running.ended).code).to.equal(130);
  });

  it("is refused with exit code 2 and touches nothing when the fleet has mistakes", async () => {
    const mistakes = path.join(repository, "examples", "mistakes");
    const { code, stdout, stderr } = await edgewave(["rollout", "--fleet", mistakes, "--out", out]);
    expect(code).to.equal(2);
    expect(stdout).to.equal("");
    expect(stderr).to.match(/sites\/[^:]+\.yaml:\d+/);
    expect(stderr).to.match(/EDGE-[A-Z]+-\d{3}/);
    expect(existsSync(out)).to.equal(false);
  });
});
