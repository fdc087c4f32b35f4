import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { reportSignersPath } from "../../components/reporter/address";
import { aGate } from "../rollout/gates/aGate";
import { aSite } from "../support/fleet";
import { HubFolder } from "./siteReport/hubFolder";
import { aKustomization, aNode, aReport, aTable, minute, now, oldCommit } from "./siteReport/samples";
import { Bench, commit, failureOf } from "./request";

describe("the git gate", function () {
  this.timeout(30_000);
  let bench: Bench;
  let hub: HubFolder;
  beforeEach(() => {
    hub = new HubFolder(mkdtempSync(path.join(tmpdir(), "edgewave-hub-")));
    bench = new Bench({ now: () => now, gitDirectory: path.join(hub.root, "git"), outputDirectory: hub.root });
  });
  afterEach(() => {
    bench.remove();
    rmSync(hub.root, { recursive: true, force: true });
  });

  const at = (revision = commit) => ({
    kustomizations: aTable(aKustomization(revision)),
    nodes: aTable(...aSite().nodes.map(({ name }) => aNode(name))),
  });
  const stalled = { Ready: "False", Stalled: "True", "Stalled Message": "mqtt does not answer" };

  it("passes when the site says that it runs the promoted commit", async () => {
    hub.report(aReport(at()));
    expect(await bench.ask(aGate("git"))).to.equal(
      "pass: the site reported at 2026-11-28T11:55Z: 1 objects of Flux are ready at c0ffee000000",
    );
  });

  it("fails when the site says that something failed, and says what", async () => {
    hub.report(aReport({ kustomizations: aTable(aKustomization(commit, stalled)) }));
    expect(await bench.ask(aGate("git"))).to.match(/^fail: the site reported at .*Z: .*mqtt does not answer$/);
  });

  it("waits while the site is on its way", async () => {
    hub.report(aReport(at(oldCommit)));
    expect(await bench.ask(aGate("git"), { changedAt: now - 10 * minute })).to.match(
      /^inconclusive: the site reported/,
    );
  });

  it("waits for a report that is not older than the last change", async () => {
    hub.report(aReport(at()));
    expect(await bench.ask(aGate("git"), { changedAt: now + 2 * minute })).to.equal(
      "inconclusive: its report is of 2026-11-28T11:55Z, before the site was last changed",
    );
    expect(await bench.ask(aGate("git"), { changedAt: now - 2 * minute })).to.match(/^pass/);
  });

  it("waits for the repository, the branch and the file", async () => {
    expect(await bench.ask(aGate("git"))).to.equal("inconclusive: it has never reported");
    hub.report(aReport(at()));
    expect(await bench.ask(aGate("git", { branch: "main" }))).to.equal("inconclusive: it has never reported");
    expect(await bench.ask(aGate("git", { file: "other/{release}.json" }))).to.equal(
      "inconclusive: it has never reported",
    );
  });

  it("reads another file and branch, and asks others' signatures, where the gate says so", async () => {
    hub.report(aReport(at()));
    const folder = hub.repository("site");
    const show = (file: string) => `${hub.git(folder, ["show", `status:${file}`])}\n`;
    const files = { "2026.11.0.json": show("status.json").trimEnd(), "2026.11.0.json.sig": show("status.json.sig") };
    hub.commit(folder, "main", files);
    const known = readFileSync(path.join(hub.root, "sites/porto", reportSignersPath), "utf8");
    bench.file("signers", known);
    const gate = { branch: "main", file: "{release}.json", allowedSignersFile: "signers" };
    expect(await bench.ask(aGate("git", gate))).to.match(/^pass/);
    bench.file("signers", known.replace(/^porto/, "vigo"));
    expect(await bench.ask(aGate("git", gate))).to.match(/^inconclusive: .* signed by a key that is not the site's$/);
  });

  it("brings the report from the hub first, and waits when that cannot be had", async () => {
    hub.report(aReport(at()));
    const asked: string[] = [];
    const { options } = bench;
    bench.remove();
    bench = new Bench({ ...options, fetchSite: async (site) => void asked.push(site) });
    expect(await bench.ask(aGate("git"))).to.match(/^pass/);
    expect(asked).to.deep.equal(["porto"]);
    bench.remove();
    bench = new Bench({ ...options, fetchSite: () => Promise.reject(new Error("the hub cannot be reached")) });
    expect(await failureOf(bench.ask(aGate("git")))).to.equal("the hub cannot be reached");
  });

  it("takes no report without a signature of the site", async () => {
    hub.report(aReport(at()));
    const text = hub.git(hub.repository("site"), ["show", "status:status.json"]);
    hub.commit(hub.repository("site"), "status", { "status.json": text });
    expect(await bench.ask(aGate("git"))).to.equal("inconclusive: its report does not count: it is not signed");
  });
});

describe("the gate of a site that was away", function () {
  this.timeout(30_000);
  let bench: Bench;
  let hub: HubFolder;
  beforeEach(() => {
    hub = new HubFolder(mkdtempSync(path.join(tmpdir(), "edgewave-hub-")));
    bench = new Bench({ now: () => now, gitDirectory: path.join(hub.root, "git"), outputDirectory: hub.root });
  });
  afterEach(() => {
    bench.remove();
    rmSync(hub.root, { recursive: true, force: true });
  });

  const ask = async (changes = {}) => await bench.ask(aGate("reconnect"), { changedAt: now - 10 * minute, ...changes });
  const parts = (main: string | undefined) => ({
    kustomizations: aTable(aKustomization(commit)),
    deployRefs: { text: `${commit} refs/heads/deploy` },
    siteRefs: { text: main === undefined ? "" : `${main} refs/heads/main\n${oldCommit} refs/heads/status` },
  });

  it("passes at once for a site that is only rendered", async () => {
    expect(await ask({ site: aSite() })).to.match(/^pass: the site is only rendered/);
  });

  it("waits for a report, and for one that is younger than the promotion", async () => {
    expect(await ask()).to.equal("inconclusive: it has never reported");
    hub.report(aReport(parts(undefined)));
    expect(await ask({ changedAt: now })).to.equal(
      "inconclusive: its last report is of 2026-11-28T11:55Z, before the promotion",
    );
  });

  it("follows the site's changes from its own Git to the hub, to what was taken over and to what was not", async () => {
    const own = hub.repository("site");
    const first = hub.commit(own, "main", { a: "1" });
    hub.report(aReport(parts(oldCommit)));
    expect(await ask()).to.match(/^inconclusive: check 1 of 4, mirrors: its main is at beef000000, and the hub has /);
    hub.report(aReport(parts(first)));
    expect(await ask()).to.equal("inconclusive: check 2 of 4, changes: 1 change of the site wait to be taken over");

    const fleet = hub.repository("fleet");
    hub.git(fleet, ["fetch", "-q", own, "main"]);
    hub.commit(fleet, "sites", { a: "1" }, [first]);
    expect(await ask()).to.equal(
      "pass: the mirrors have caught up; no change waits; 1 objects of Flux are ready at c0ffee000000; the buffers are empty",
    );

    const second = hub.commit(own, "main", { a: "2" }, [first]);
    hub.report(aReport(parts(second)));
    hub.git(fleet, ["fetch", "-q", own, "main"]);
    hub.commit(fleet, "conflicts/porto/abc", { a: "2" }, [second]);
    expect(await ask()).to.match(/^pass: .*; 1 change did not merge and are listed: conflicts\/porto\/abc; /);
  });
});
