import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { emptyJournal, type Journal } from "../../components/kubespray/day2/journal";
import { planDay2 } from "../../components/kubespray/day2/plan";
import { resumeAt } from "../../components/kubespray/day2/resume";
import { journalFile, readJournal, writeJournal } from "../../kubespray/journal";
import { Held, holdLock } from "../../kubespray/lock";
import { recordDirectory, siteAccess } from "../../stacks/siteAccess";
import { aSpecification, workerNode } from "../components/kubespray/day2/model";

const hex = "a".repeat(64);
const digests = { imagePath: hex, mirrors: hex, controlPlane: hex, variables: hex, preparation: hex };
const applied = aSpecification({ digests });
const wanted = { ...applied, nodes: [...applied.nodes, workerNode(2)] };
const { steps = [] } = planDay2({ applied, started: null, wanted, dead: new Set(), lowestKubernetes: undefined });

describe("the journal of a site's cluster", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-journal-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const journal: Journal = {
    ...emptyJournal,
    applied,
    run: { wanted, steps: [...steps], done: 1 },
    hostKeys: { a: ["ssh-ed25519 AAAA"] },
    kubeconfig: { expires: "2027-01-01T00:00:00.000Z", epoch: 2 },
  };

  it("reads as it was written, is the owner's alone, and leaves no file beside it", async () => {
    const record = path.join(folder, "porto");
    await writeJournal(record, journal);
    expect(await readJournal(record)).to.deep.equal(journal);
    expect(statSync(journalFile(record)).mode & 0o777).to.equal(0o600);
    expect(readdirSync(record)).to.deep.equal(["journal.json"]);
  });

  it("is empty where nothing was written yet", async () => {
    expect(await readJournal(folder)).to.deep.equal(emptyJournal);
  });

  for (const [title, text] of [
    ["no JSON", "{"],
    ["of another form", JSON.stringify({ ...journal, format: 2 })],
    ["with an address that is none", JSON.stringify(journal).replace("10.100.0.11", "-oProxyCommand=x")],
  ] as const) {
    it(`is refused where it is ${title}: nobody may guess what a cluster is`, async () => {
      writeFileSync(journalFile(folder), text);
      const error = (await readJournal(folder).catch((thrown: unknown) => thrown)) as Error;
      expect(error.message).to.match(/EDGE-KUBESPRAY-013 .*journal\.json cannot be read.* Move it away/);
    });
  }

  it("tells a preview what is known, and when the kubeconfig has to be fetched anew", async () => {
    const out = folder;
    await writeJournal(recordDirectory(out, "porto"), journal);
    const places = { kubeconfigs: folder, out, runner: "/r", proxy: undefined };
    const at = async (now: string) =>
      (await siteAccess(places, { name: "porto", target: "field" }, Date.parse(now))).field?.record;
    expect(await at("2026-01-01")).to.deep.equal({ applied, run: journal.run, kubeconfigEpoch: 2 });
    expect((await at("2026-12-01"))?.kubeconfigEpoch).to.equal(3);
  });
});

describe("a run that died", () => {
  it("goes on at the step that it died in", () => {
    expect(steps.map(({ playbook }) => playbook)).to.deep.equal([
      "prepare-nodes.yml",
      "playbooks/facts.yml",
      "scale.yml",
    ]);
    expect([0, 1].map((done) => resumeAt({ wanted, steps, done }, wanted)?.from)).to.deep.equal([0, 1]);
  });

  it("gathers facts again before a step with a limit", () => {
    expect(resumeAt({ wanted, steps, done: 2 }, wanted)?.from).to.equal(1);
  });

  it("has nothing left where it died after its last step", () => {
    expect(resumeAt({ wanted, steps, done: 3 }, wanted)).to.deep.equal({ steps, from: 3 });
  });

  it("is not gone on with where the site is to become something else, or where all ended", () => {
    expect(resumeAt({ wanted, steps, done: 1 }, applied)).to.equal(undefined);
    expect(resumeAt(null, wanted)).to.equal(undefined);
  });
});

describe("the lock of a site", () => {
  const { signal } = new AbortController();
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-lock-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("lets one in, and the next when it is given back", async () => {
    const file = path.join(folder, "one");
    const release = await holdLock(file, { wait: false, signal });
    const second = await holdLock(file, { wait: false, signal }).catch((error: unknown) => error);
    expect(second).to.be.instanceOf(Held);
    await release();
    await (
      await holdLock(file, { wait: false, signal })
    )();
  });

  it("is taken over from a process that is dead", async () => {
    const file = path.join(folder, "two");
    const { hostname } = await import("node:os");
    // Process numbers end below this one (proc_sys_kernel(5), pid_max).
    writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
    await (
      await holdLock(file, { wait: false, signal })
    )();
  });
});
