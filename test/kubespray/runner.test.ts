import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Answer } from "../../components/kubespray/day2/order";
import { firstTime, needsAnsible } from "../support/ansible";
import { adminConf } from "./adminConf";
import { playedEngine } from "./containerEngine";
import { FieldSite, leftovers, type RunnerOutcome, type RunningRunner } from "./fieldSite";
import { needsHosts, SiteNetwork } from "./network";
import { PlaybookRepository } from "./playbooks";

describe("the Kubespray runner, at real hosts behind a real bastion", function () {
  this.timeout(firstTime);
  let folder: string;
  let network: SiteNetwork;
  let field: FieldSite;

  before(async function () {
    needsHosts(this);
    const ansible = await needsAnsible(this);
    folder = mkdtempSync(path.join(tmpdir(), "ew-field-"));
    network = await SiteNetwork.start(folder, { cp: 11, w1: 21, w2: 22 });
    const playbooks = new PlaybookRepository(folder, "v2.31.0", adminConf());
    field = new FieldSite(folder, network, playbooks, ansible.folder);
  });
  after(() => {
    network?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const appear = async (file: string, running: RunningRunner) => {
    let over: RunnerOutcome | undefined;
    void running.ended.then((outcome) => (over = outcome));
    while (!existsSync(file)) {
      if (over !== undefined) throw new Error(`the runner ended early: ${over.stderr}`);
      await sleep(50);
    }
  };

  it("installs a site through its bastion and gives a kubeconfig with the address that nodes use", async () => {
    const order = field.order(["w1"]);
    const { code, stdout, stderr } = await field.run(order);
    expect(code, stderr).to.equal(0);
    expect(field.takeTrace().sort()).to.deep.equal([
      "cluster cp 1.34.3",
      "cluster w1 1.34.3",
      "prepare cp 1.34.3",
      "prepare w1 1.34.3",
    ]);
    const { applied, kubeconfig } = JSON.parse(stdout) as Answer;
    expect(applied).to.deep.equal(order.wanted);
    expect(kubeconfig).to.contain(`https://${network.host("cp").address}:6443`);
    expect(field.journal()).to.deep.include({ applied: order.wanted, run: null });
    expect(field.log()).not.to.contain(kubeconfig.slice(200, 260));
  });

  it("runs nothing where nothing changed, and gives the kubeconfig again", async () => {
    const { code, stdout, stderr } = await field.run(field.order(["w1"]));
    expect(code, stderr).to.equal(0);
    expect(field.takeTrace()).to.deep.equal([]);
    expect((JSON.parse(stdout) as Answer).kubeconfig).to.contain("client-certificate-data");
  });

  it("tells the task, the host and its message of a failure, and goes on at that step", async () => {
    const order = field.order(["w1", "w2"]);
    writeFileSync(field.playbooks.switch("fail w2"), "");
    const failed = await field.run(order);
    expect(failed.code).to.equal(1);
    expect(failed.stderr).to.match(
      /EDGE-KUBESPRAY-005 step 3 of 3, scale\.yml: w2 failed at the task "Install what the node needs": .*\n +disk full/,
    );
    expect(field.takeTrace()).to.have.members([
      "prepare cp 1.34.3",
      "prepare w1 1.34.3",
      "prepare w2 1.34.3",
      "facts cp 1.34.3",
      "facts w1 1.34.3",
      "facts w2 1.34.3",
      "scale w2 1.34.3",
    ]);
    expect(field.journal().run).to.include({ done: 2 });

    rmSync(field.playbooks.switch("fail w2"));
    const { code, stderr } = await field.run(order);
    expect(code, stderr).to.equal(0);
    // Facts are gathered anew for the limit; nothing before that is repeated.
    expect(field.takeTrace().filter((line) => !line.startsWith("facts"))).to.deep.equal(["scale w2 1.34.3"]);
  });

  it("upgrades a small site's nodes one after the other", async () => {
    field.release = { ...field.release, kubernetes: "1.35.4" };
    const { code, stderr } = await field.run(field.order(["w1", "w2"]));
    expect(code, stderr).to.equal(0);
    expect(field.takeTrace()).to.deep.equal(["cp", "w1", "w2"].map((host) => `upgrade-cluster ${host} 1.35.4`));
  });

  it("stops at once when it is asked to, leaves no process, and is taken up again", async () => {
    writeFileSync(field.playbooks.switch("wait cp"), "");
    rmSync(path.join(folder, "waiting-cp"), { force: true });
    const order = field.order(["w1", "w2"], { region: "elsewhere" });
    const running = field.start(order);
    await appear(path.join(folder, "waiting-cp"), running);
    expect(leftovers(folder), "while it runs").not.to.deep.equal([]);
    running.interrupt();
    const { code, stderr } = await running.ended;
    expect(code, stderr).to.equal(130);
    expect(stderr).to.contain("asked to stop");
    expect(leftovers(folder)).to.deep.equal([]);
    expect(field.journal().run).to.include({ done: 0 });
    field.takeTrace();
    rmSync(field.playbooks.switch("wait cp"));
    const again = await field.run(order);
    expect(again.code, again.stderr).to.equal(0);
    expect(field.takeTrace().sort()).to.deep.equal(["cp", "w1", "w2"].map((host) => `cluster ${host} 1.35.4`));
  });

  it("gives up a host that hangs, and names it", async () => {
    const order = field.order(["w1", "w2"], { region: "third" });
    writeFileSync(field.playbooks.switch("wait w1"), "");
    rmSync(path.join(folder, "waiting-w1"), { force: true });
    const running = field.start(order);
    await appear(path.join(folder, "waiting-w1"), running);
    network.hang("w1");
    const { code, stderr } = await running.ended;
    expect(code).to.equal(1);
    expect(stderr).to.match(/EDGE-KUBESPRAY-005 step 1 of 1, cluster\.yml: w1 does not answer at the task/);
    network.wake("w1");
    rmSync(field.playbooks.switch("wait w1"));
    const again = await field.run(order);
    expect(again.code, again.stderr).to.equal(0);
    field.takeTrace();
  });

  it("names a host that dies during the run, and resumes when it is back", async () => {
    const order = field.order(["w1", "w2"], { region: "fourth" });
    writeFileSync(field.playbooks.switch("wait w2"), "");
    rmSync(path.join(folder, "waiting-w2"), { force: true });
    const running = field.start(order);
    await appear(path.join(folder, "waiting-w2"), running);
    network.die("w2");
    const { code, stderr } = await running.ended;
    expect(code).to.equal(1);
    expect(stderr).to.match(/cluster\.yml: w2 (does not answer|failed) at the task "Wait for the other side"/);
    rmSync(field.playbooks.switch("wait w2"));
    await network.revive("w2");
    const again = await field.run(order);
    expect(again.code, again.stderr).to.equal(0);
    field.takeTrace();
  });

  it("removes a node that is dead without asking it", async () => {
    network.die("w2");
    const { code, stderr } = await field.run(field.order(["w1"], { region: "fourth" }));
    expect(code, stderr).to.equal(0);
    expect(field.takeTrace()).to.deep.equal(["remove-node w2 1.35.4"]);
    expect(field.log()).not.to.contain('"task": "Reset the node", "changed": true');
    await network.revive("w2");
  });

  it("runs in Kubespray's container image, by the command line of a container engine", async () => {
    const { calls, environment } = playedEngine(folder, field.settings()["EDGEWAVE_ANSIBLE_VENV"] ?? "");
    const order = field.order(["w1", "w2"], { region: "fourth" });
    const { code, stderr } = await field.run(order, "apply", environment);
    expect(code, stderr).to.equal(0);
    expect(field.takeTrace()).to.include("scale w2 1.35.4");
    const lines = readFileSync(calls, "utf8").trim().split("\n");
    expect(lines.filter((line) => line.startsWith("run --rm"))).to.have.length(3);
    // Every container is removed by its name, so that none outlives a client that was killed.
    const names = lines.flatMap((line) => /--name (\S+)/.exec(line)?.[1] ?? []);
    for (const name of names) expect(lines).to.include(`rm --force ${name}`);
  });

  it("resets a node that is removed and answers, whose key is no longer in the site's file", async () => {
    const { code, stderr } = await field.run(field.order(["w1"], { region: "fourth" }));
    expect(code, stderr).to.equal(0);
    expect(field.takeTrace()).to.deep.equal(["remove-node w2 1.35.4"]);
    expect(field.log()).to.contain('"task": "Reset the node", "changed": true');
  });

  it("refuses what Kubespray cannot do before it touches a node, with the way out", async () => {
    const order = field.order(["w1"], { region: "fourth" });
    const network2 = { ...order.wanted.network, podCidr: "172.31.0.0/16" };
    const { code, stderr } = await field.run({ ...order, wanted: { ...order.wanted, network: network2 } });
    expect(code).to.equal(1);
    expect(stderr).to.match(/EDGE-KUBESPRAY-006 EDGE-DAY2-005 podCidr .* rebuild/);
    expect(field.takeTrace()).to.deep.equal([]);
    expect(field.journal().run).to.equal(null);
  });

  it("goes no further than a node that has another host key", async () => {
    await network.impersonate("w1");
    const order = field.order(["w1"], { region: "fifth" });
    const { code, stderr } = await field.run(order);
    expect(code).to.equal(1);
    expect(stderr).to.match(/w1 does not answer at the task .*(Host key verification failed|HOST IDENTIFICATION)/s);
    expect(field.takeTrace().filter((line) => line.includes("w1"))).to.deep.equal([]);
  });

  it("goes no further than a bastion that has another host key", async () => {
    const order = field.order(["w1"], { region: "fifth" });
    const wrong = { ...order.bastion, hostKeys: [network.host("cp").hostKey] };
    const { code, stderr } = await field.run({ ...order, bastion: wrong });
    expect(code).to.equal(1);
    expect(stderr).to.match(/EDGE-KUBESPRAY-007 the bastion root@10\..*:22 has another host key/);
    expect(field.takeTrace()).to.deep.equal([]);
  });

  it("says in the driver's words that nobody answers at the bastion", async () => {
    network.die("bastion");
    const { code, stderr } = await field.run(field.order(["w1"], { region: "fifth" }));
    expect(code).to.equal(1);
    expect(stderr).to.match(/^root@10\.\d+\.\d+\.2:22 cannot be reached by SSH after 3 tries: ECONNREFUSED/m);
    await network.revive("bastion");
  });

  it("does not delete a cluster without a word, leaves it if told so, and resets it if told that", async () => {
    await network.restore("w1");
    const order = field.order(["w1"], { region: "fifth" });
    const refused = await field.run(order, "delete");
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.contain("EDGE-KUBESPRAY-010");
    expect((await field.run(order, "delete", { EDGEWAVE_NODES: "keep" })).code).to.equal(0);
    expect(field.takeTrace()).to.deep.equal([]);
    const { code, stderr } = await field.run(order, "delete", { EDGEWAVE_NODES: "reset" });
    expect(code, stderr).to.equal(0);
    expect(field.takeTrace().sort()).to.deep.equal(["reset cp 1.35.4", "reset w1 1.35.4"]);
    expect(field.journal().applied).to.equal(null);
  });
});
