import { expect } from "chai";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse as parseToml } from "smol-toml";
import { parse, parseAllDocuments } from "yaml";
import { edgewave, type CommandOutcome } from "../support/edgewave";
import { needsSshKeygen, verifyCommit } from "../support/sshKeygen";
import {
  branches,
  checkpoint,
  checkpointFile,
  deployRepository,
  filesUnder,
  git,
  harbours,
  release,
  type RolloutStatus,
} from "../support/rollout";

describe("the example fleet, rolled out by the real command", function () {
  this.timeout(300_000);
  let folder: string;
  let fleet: string;
  let out: string;
  let first: CommandOutcome;
  let status: RolloutStatus;

  const rollout = (...more: string[]) =>
    edgewave(["rollout", "--engine", "embedded", "--fleet", fleet, "--out", out, ...more]);
  const readStatus = async (): Promise<RolloutStatus> => {
    const { code, stdout, stderr } = await edgewave(["status", "--json", "--fleet", fleet, "--out", out]);
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as RolloutStatus;
  };
  const sitesBy = (outcome: string) => status.sites.filter((site) => site.outcome === outcome).map((site) => site.site);

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-harbours-"));
    fleet = path.join(folder, "fleet with spaces");
    out = path.join(folder, "out");
    cpSync(harbours, fleet, { recursive: true });
    first = await rollout();
    status = await readStatus();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("ends well, with 22 sites succeeded and the two offline ones deferred", () => {
    expect(first.code, first.stdout + first.stderr).to.equal(0);
    expect(sitesBy("succeeded")).to.have.length(22);
    expect(sitesBy("deferred")).to.have.length(2);
    for (const site of status.sites) if (site.outcome === "deferred") expect(site.reason).to.match(/no link/);
  });

  it("prints a table with every site and says that the release is not locked", () => {
    expect(first.stdout).to.match(/^site +profile +wave +outcome +seconds +resources$/m);
    for (const { site, outcome } of status.sites) {
      expect(first.stdout).to.match(new RegExp(`^${site} .*${outcome}`, "m"));
    }
    expect(first.stdout).to.contain("not locked");
  });

  it("takes a canary of two sites first, then a quarter, then the rest", () => {
    const size = (wave: string) => status.sites.filter((site) => site.wave === wave).length;
    const waves = [...new Set(status.sites.map((site) => site.wave))];
    expect(waves.map(size)).to.deep.equal([2, 6, 16]);
  });

  it("leaves an inventory that lists each node of the site, and group variables", () => {
    for (const name of sitesBy("succeeded")) {
      const inventory = path.join(out, "sites", name, "inventory");
      const hosts = parse(readFileSync(path.join(inventory, "hosts.yaml"), "utf8")) as {
        all: { hosts: Record<string, { ansible_host: string }> };
      };
      const text = readFileSync(path.join(fleet, "sites", `${name}.yaml`), "utf8");
      const site = parse(text) as { spec: { nodes: { name: string; address: string }[] } };
      for (const node of site.spec.nodes) expect(hosts.all.hosts[node.name]?.ansible_host).to.equal(node.address);
      const variables = filesUnder(path.join(inventory, "group_vars"));
      expect(variables).to.include.members(["all/all.yml", "k8s_cluster/k8s-cluster.yml"]);
      for (const file of variables) {
        expect(parse(readFileSync(path.join(inventory, "group_vars", file), "utf8"))).to.be.an("object");
      }
    }
  });

  it("leaves containerd mirrors that never fall back to the internet", () => {
    for (const name of sitesBy("succeeded")) {
      const mirrors = filesUnder(path.join(out, "sites", name, "images")).filter((file) => file.endsWith("hosts.toml"));
      expect(mirrors.length, name).to.be.greaterThan(3);
      for (const file of mirrors) {
        const toml = parseToml(readFileSync(path.join(out, "sites", name, "images", file), "utf8"));
        expect(toml["server"], `${name} ${file}`).to.match(new RegExp(`^https://bastion\\.${name}\\.`));
      }
    }
  });

  it("leaves Kubernetes manifests with limits on every container and no secret in clear", () => {
    for (const name of sitesBy("succeeded")) {
      const manifests = path.join(out, "sites", name, "manifests");
      const objects = filesUnder(manifests).flatMap((file) =>
        parseAllDocuments(readFileSync(path.join(manifests, file), "utf8")).map(
          (document) => document.toJS() as Manifest,
        ),
      );
      const kinds = objects.map((object) => object.kind);
      expect(kinds).to.include.members(["Namespace", "Deployment", "GitRepository", "Kustomization", "NetworkPolicy"]);
      expect(kinds).not.to.include("Secret");
      for (const object of objects) {
        for (const container of object.spec?.template?.spec?.containers ?? []) {
          expect(container.resources?.limits?.memory, `${name} ${object.metadata.name}`).to.be.a("string");
          expect(container.image).not.to.match(/:latest$|^[^:]+$/);
        }
      }
    }
  });

  it("keeps stack state with its secrets encrypted", () => {
    for (const name of sitesBy("succeeded")) {
      const text = readFileSync(checkpointFile(out, name), "utf8");
      expect(text).to.contain('"ciphertext"');
      expect(text).not.to.match(/BEGIN [A-Z ]*PRIVATE KEY/);
      const { latest } = checkpoint(out, name).checkpoint;
      expect(latest?.pending_operations ?? []).to.deep.equal([]);
      // The engine's own default providers are in the state, but nobody's resources.
      const resources = (latest?.resources ?? []).filter(({ urn }) => !/::pulumi:providers:\w+::default/.test(urn));
      expect(resources.length, name).to.equal(status.sites.find((site) => site.site === name)?.resources);
    }
  });

  it("keeps the fleet's repository with the release as one commit and an overlay for each site", () => {
    const repository = path.join(out, "git", "fleet.git");
    git(repository, "fsck", "--strict");
    expect(git(repository, "rev-list", "--count", "main")).to.equal("1");
    const overlays = git(repository, "ls-tree", "--name-only", "main:applications/overlays").split("\n");
    expect(overlays).to.deep.equal(status.sites.map((site) => site.site).sort());
  });

  it("moved the deploy branch of each site that succeeded, and of no deferred one", () => {
    for (const name of sitesBy("succeeded")) {
      const { deploy, release: wanted } = branches(out, name);
      expect(deploy, name).to.equal(wanted);
    }
    for (const name of sitesBy("deferred")) {
      const { deploy, release: wanted } = branches(out, name);
      expect(deploy, name).not.to.equal(wanted);
      expect(git(deployRepository(out, name), "ls-tree", "-r", "deploy")).to.equal("");
    }
  });

  it("gives each site a repository that tells nothing of the others", () => {
    const names = status.sites.map((site) => site.site);
    for (const name of names) {
      const repository = deployRepository(out, name);
      git(repository, "fsck", "--strict");
      const content = git(repository, "grep", "-h", "", `release/${release}`);
      for (const other of names) {
        if (other !== name) expect(content, `${name} names ${other}`).not.to.match(new RegExp(`\\b${other}\\b`));
      }
    }
  });

  it("signed the heads that Flux verifies, also of the sites that were never promoted", function () {
    needsSshKeygen(this);
    const signers = path.join(out, "allowed_signers");
    verifyCommit(path.join(out, "git", "fleet.git"), signers, "main");
    for (const { site } of status.sites) {
      verifyCommit(deployRepository(out, site), signers, "deploy");
      verifyCommit(deployRepository(out, site), signers, `release/${release}`);
    }
  });

  it("leaves a report of one file that names each site and refers to nothing outside", () => {
    const report = readFileSync(path.join(out, "report.html"), "utf8");
    for (const { site } of status.sites) expect(report).to.contain(site);
    expect(report).not.to.match(/(src|href)\s*=\s*["']?(https?:)?\/\//i);
    expect(report).not.to.match(/@import|url\(\s*["']?(https?:)?\/\//i);
    expect(report).to.match(/not locked/i);
  });

  it("keeps what is secret for its owner", () => {
    expect(readFileSync(path.join(out, "passphrase"), "utf8").trim().length).to.be.greaterThan(30);
    const passphrase = readFileSync(path.join(out, "passphrase"), "utf8").trim();
    expect(statSync(path.join(out, "signing-key")).mode & 0o777).to.equal(0o600);
    for (const file of filesUnder(out)) {
      if (file !== "signing-key" && !file.includes(".git/")) {
        expect(readFileSync(path.join(out, file), "latin1"), file).not.to.contain("OPENSSH PRIVATE KEY");
      }
      if (file === "passphrase" || file.includes(".git/") || file.endsWith(".db")) continue;
      expect(readFileSync(path.join(out, file), "utf8"), file).not.to.contain(passphrase);
    }
  });

  describe("a second time", () => {
    let states: Map<string, string>;
    before(async () => {
      states = new Map(sitesBy("succeeded").map((name) => [name, readFileSync(checkpointFile(out, name), "utf8")]));
      const again = await rollout();
      expect(again.code, again.stdout + again.stderr).to.equal(0);
      status = await readStatus();
    });

    it("finds every site unchanged and the offline ones still deferred", () => {
      expect(sitesBy("unchanged")).to.have.length(22);
      expect(sitesBy("deferred")).to.have.length(2);
    });

    it("touches no state and makes no commit", () => {
      for (const [name, state] of states) expect(readFileSync(checkpointFile(out, name), "utf8")).to.equal(state);
      expect(git(path.join(out, "git", "fleet.git"), "rev-list", "--count", "main")).to.equal("1");
    });
  });

  describe("after a change to one site's file", () => {
    let changed: string;
    let before_: Map<string, { deploy: string; release: string }>;
    before(async () => {
      changed = sitesBy("unchanged")[0] ?? "";
      before_ = new Map(status.sites.map(({ site }) => [site, branches(out, site)]));
      const file = path.join(fleet, "sites", `${changed}.yaml`);
      const site = parse(readFileSync(file, "utf8")) as { spec: Record<string, unknown> };
      const ingestion = (site.spec["ingestion"] ?? {}) as Record<string, unknown>;
      site.spec["ingestion"] = { ...ingestion, topics: ["gates/+/opened"] };
      writeFileSync(file, JSON.stringify(site));
      const again = await rollout();
      expect(again.code, again.stdout + again.stderr).to.equal(0);
      status = await readStatus();
    });

    it("runs that site alone", () => {
      expect(sitesBy("succeeded")).to.deep.equal([changed]);
      expect(sitesBy("unchanged")).to.have.length(21);
    });

    it("leaves every other site's repository as it was", () => {
      for (const [site, was] of before_) if (site !== changed) expect(branches(out, site), site).to.deep.equal(was);
    });
  });

  describe("after somebody removed a file, changed another and lost a state", () => {
    let removed: string;
    let edited: string;
    let lost: string;
    let inventory: string;
    before(async () => {
      [removed = "", edited = "", lost = ""] = sitesBy("unchanged");
      inventory = path.join(out, "sites", removed, "inventory", "hosts.yaml");
      rmSync(inventory);
      appendFileSync(path.join(out, "sites", edited, "inventory", "hosts.yaml"), "# edited by hand\n");
      rmSync(checkpointFile(out, lost));
      const again = await rollout();
      expect(again.code, again.stdout + again.stderr).to.equal(1);
      status = await readStatus();
    });

    it("brings both files back and leaves the keys as they are", () => {
      expect(sitesBy("succeeded")).to.have.members([removed, edited]);
      expect(existsSync(inventory)).to.equal(true);
      expect(readFileSync(path.join(out, "sites", edited, "inventory", "hosts.yaml"), "utf8")).not.to.contain(
        "by hand",
      );
    });

    it("does not make new keys for the site whose state is gone, but says what to do", async () => {
      expect(sitesBy("failed")).to.deep.equal([lost]);
      expect(status.sites.find(({ site }) => site === lost)?.reason).to.match(/state is gone.*\.bak/);
      renameSync(`${checkpointFile(out, lost)}.bak`, checkpointFile(out, lost));
      const again = await rollout();
      expect(again.code, again.stdout + again.stderr).to.equal(0);
      status = await readStatus();
      expect(sitesBy("failed")).to.deep.equal([]);
    });
  });

  describe("one site by itself", () => {
    it("previews, destroys and brings back one site", async () => {
      const name = sitesBy("unchanged")[0] ?? "";
      const site = (verb: string, ...more: string[]) =>
        edgewave(["site", verb, name, "--engine", "embedded", "--fleet", fleet, "--out", out, ...more]);
      const preview = await site("preview", "--json");
      expect(preview.code, preview.stderr).to.equal(0);
      expect((JSON.parse(preview.stdout) as { changes: Record<string, number> }).changes).to.have.keys("same");
      const refused = await site("destroy");
      expect(refused.code).to.equal(2);
      expect(existsSync(path.join(out, "sites", name, "inventory", "hosts.yaml"))).to.equal(true);
      const destroy = await site("destroy", "--yes");
      expect(destroy.code, destroy.stderr).to.equal(0);
      expect(filesUnder(path.join(out, "sites", name))).to.deep.equal([]);
      expect(checkpoint(out, name).checkpoint.latest?.resources ?? []).to.deep.equal([]);
      const up = await site("up");
      expect(up.code, up.stderr).to.equal(0);
      expect(existsSync(path.join(out, "sites", name, "inventory", "hosts.yaml"))).to.equal(true);
    });
  });
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly {
          readonly image: string;
          readonly resources?: { readonly limits?: { readonly memory?: string } };
        }[];
      };
    };
  };
}
