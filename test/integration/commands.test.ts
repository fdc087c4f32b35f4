import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { edgewave, type CommandOutcome, type RunningCommand, startEdgewave } from "../support/edgewave";
import { deployRepository, git, type RolloutStatus } from "../support/rollout";
import { writeSmallFleet } from "../support/smallFleet";
import { askSshKeygen, needsSshKeygen } from "../support/sshKeygen";

const autumn = `
release: 2026.11.0
maxConcurrency: 4
waves:
  - { name: all, size: rest }
`;

/** The gate `flag` says nothing until a file is there. */
const winter = `
release: 2026.12.0
maxConcurrency: 4
maxFailures: 1
gates:
  - type: command
    name: flag
    command: [sh, -c, "test -e flag || exit 2"]
    interval: 1s
    timeout: 10m
waves:
  - { name: canary, canary: true, size: 1, selector: { names: [vigo] } }
  - { name: rest, size: rest, approval: { signed: true } }
`;

describe("the commands on a rollout, from other processes", function () {
  this.timeout(300_000);
  let folder: string;
  let fleet: string;
  let out: string;

  const command = (...args: string[]) => edgewave([...args, "--fleet", fleet, "--out", out]);
  const done = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await command(...args);
    expect(code, `${args.join(" ")}\n${stdout}${stderr}`).to.equal(0);
    return stdout;
  };
  const start = (rollout: string): RunningCommand =>
    startEdgewave(["rollout", "start", "-r", rollout, "--engine", "embedded", "--fleet", fleet, "--out", out]);
  const readStatus = async (): Promise<RolloutStatus> => JSON.parse(await done("status", "--json")) as RolloutStatus;
  const outcomes = async () =>
    Object.fromEntries((await readStatus()).sites.map(({ site, outcome }) => [site, outcome]));
  const whyIs = async (target: string) =>
    JSON.parse(await done("why", target, "--json")) as { condition: string; status: string };
  const until = async (target: string, condition: RegExp): Promise<void> => {
    for (let said = ""; !condition.test(said);) said = (await whyIs(target)).condition;
  };
  const ended = async (running: RunningCommand): Promise<CommandOutcome> => {
    const outcome = await running.ended;
    expect(outcome.signal, outcome.stdout + outcome.stderr).to.equal(null);
    return outcome;
  };
  const branch = (site: string, name: string) => git(deployRepository(out, site), "rev-parse", name);

  before(function () {
    needsSshKeygen(this);
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-commands-"));
    fleet = path.join(folder, "fleet");
    out = path.join(folder, "out");
    writeSmallFleet(fleet, ["vigo", "bergen", "lerwick"], { autumn, winter }, ["2026.12.0"]);
    askSshKeygen("-q", "-t", "ed25519", "-N", "", "-C", "ana", "-f", path.join(folder, "ana"));
    writeFileSync(path.join(fleet, "approvers"), `ana ${readFileSync(path.join(folder, "ana.pub"), "utf8")}`);
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true }));

  it("wait at gates, pause, resume and approve a rollout under way", async () => {
    expect((await ended(start("autumn"))).code).to.equal(0);
    const running = start("winter");
    try {
      await running.sees(/wave 1 of 2/);
      await until("vigo", /gate flag says inconclusive/);
      expect(await whyIs("rest")).to.deep.include({ condition: "wave canary comes first and has 1 site left" });

      expect(await done("rollout", "pause", "--reason", "storm at sea")).to.match(/paused/);
      expect((await whyIs("bergen")).condition).to.match(/paused by .*: storm at sea/);
      writeFileSync(path.join(fleet, "flag"), "");
      await running.sees(/vigo +succeeded/);
      expect((await whyIs("rest")).status).to.equal("blocked");
      await done("rollout", "resume");

      await until("rest", /waits for approval: 0 of 1 signed/);
      const plain = await command("rollout", "approve", "rest");
      expect(plain.stderr).to.match(/asks for signed approvals/);
      const text = path.join(folder, "approval");
      writeFileSync(text, await done("rollout", "approval-text", "rest", "--expires", "8h"));
      askSshKeygen("-Y", "sign", "-n", "edgewave-approval", "-f", path.join(folder, "ana"), text);
      await done("rollout", "approve", "rest", "--text", text, "--signature", `${text}.sig`);
      const { code, stdout } = await ended(running);
      expect(code, stdout).to.equal(0);
      expect(stdout).to.contain("wave rest is approved by ana");
    } finally {
      running.child.kill("SIGKILL");
    }
    expect(await outcomes()).to.deep.equal({ vigo: "succeeded", bergen: "succeeded", lerwick: "deferred" });
    expect(branch("bergen", "deploy")).to.equal(branch("bergen", "release/2026.12.0"));
  });

  it("bring a deferred site up once its link is back", async () => {
    const none = await command("rollout", "catch-up", "--engine", "embedded");
    expect(none.stderr).to.contain("no deferred site has a link again");
    const file = path.join(fleet, "sites", "lerwick.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/ {2}offline:\n(?: {4}.*\n)+/, ""));
    expect(await done("rollout", "catch-up", "--engine", "embedded")).to.match(/catch-up by .*: 1 site/);
    expect((await outcomes())["lerwick"]).to.equal("succeeded");
    expect(branch("lerwick", "deploy")).to.equal(branch("lerwick", "release/2026.12.0"));
  });

  it("take what was changed back to the release before, and say what stays", async () => {
    const asked = await command("rollout", "rollback", "--engine", "embedded");
    expect(asked.code).to.equal(2);
    const said = await done("rollout", "rollback", "--engine", "embedded", "--yes", "--reason", "pumps stop");
    expect(said).to.contain("rolling 2 sites back: pumps stop");
    expect(said).to.contain("lerwick stays: it had no release before");
    expect(await outcomes()).to.deep.equal({ vigo: "rolled-back", bergen: "rolled-back", lerwick: "succeeded" });
    for (const site of ["vigo", "bergen"]) {
      expect(branch(site, "deploy")).to.equal(branch(site, "release/2026.11.0"));
    }
  });

  it("abort a rollout, record what a site reports late, and retry", async () => {
    rmSync(path.join(fleet, "flag"));
    const running = start("winter");
    try {
      await until("vigo", /gate flag says inconclusive/);
      await done("rollout", "abort", "--reason", "wrong release");
      const { code, stdout } = await ended(running);
      expect(code, stdout).to.equal(1);
      expect(stdout).to.match(/aborted by .*: wrong release/);
    } finally {
      running.child.kill("SIGKILL");
    }
    expect(await outcomes()).to.include({ vigo: "cancelled", bergen: "skipped" });
    writeFileSync(path.join(fleet, "flag"), "");
    await done("rollout", "retry", "vigo", "--engine", "embedded");
    expect(await outcomes()).to.include({ vigo: "succeeded", bergen: "skipped" });
    await done("rollout", "report", "vigo", "--fail", "--detail", "the pumps stop at night");
    expect((await readStatus()).sites.find(({ site }) => site === "vigo")?.reason).to.match(/the pumps stop at night/);
  });
});
