import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { checkout } from "../../kubespray/source/checkout";
import { kubesprayReleases } from "../../kubespray/versions";
import { kubesprayTags } from "../../catalog";

describe("Kubespray's tree", function () {
  this.timeout(30_000);
  let folder: string;
  let source: string;
  let commit: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", source, "-c", "user.name=t", "-c", "user.email=t@example", ...args], {
      encoding: "utf8",
    }).trim();
  const from = (where: string, wanted = commit, cache = path.join(folder, "cache")) =>
    checkout({
      source: where,
      tag: "v2.31.0",
      commit: wanted,
      cache,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder },
      signal: new AbortController().signal,
    });

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-checkout-"));
    source = path.join(folder, "source");
    mkdirSync(source);
    git("init", "--quiet");
    writeFileSync(path.join(source, "cluster.yml"), "[]\n");
    git("add", "--all");
    git("commit", "--quiet", "--message", "one");
    git("tag", "--annotate", "--message", "t", "v2.31.0");
    commit = git("rev-parse", "HEAD");
    // What somebody tried in the working tree, and a hook of theirs, are nobody else's.
    writeFileSync(path.join(source, "cluster.yml"), "changed\n");
    mkdirSync(path.join(source, ".git", "hooks"), { recursive: true });
    writeFileSync(path.join(source, ".git", "hooks", "post-checkout"), `#!/bin/sh\ntouch ${folder}/hooked\n`, {
      mode: 0o755,
    });
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is the tag's from a checkout, whatever was changed in it, and no hook of it is run", async () => {
    const tree = await from(source);
    expect(readFileSync(path.join(tree, "cluster.yml"), "utf8")).to.equal("[]\n");
    expect(existsSync(path.join(folder, "hooked"))).to.equal(false);
  });

  it("is the same from a mirror, by URL, and from a bundle", async () => {
    const mirror = path.join(folder, "mirror.git");
    execFileSync("git", ["clone", "--quiet", "--mirror", source, mirror]);
    const bundle = path.join(folder, "kubespray.bundle");
    git("bundle", "create", "--quiet", bundle, "v2.31.0");
    for (const [index, where] of [mirror, `file://${mirror}`, bundle].entries()) {
      const tree = await from(where, commit, path.join(folder, `cache-${index}`));
      expect(readFileSync(path.join(tree, "cluster.yml"), "utf8"), where).to.equal("[]\n");
    }
  });

  it("is kept, so that a source that is gone is not asked again", async () => {
    const tree = await from(source);
    expect(await from("/nowhere")).to.equal(tree);
  });

  it("is refused where the tag names another commit than was pinned", async () => {
    const error = (await from(source, "f".repeat(40)).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).to.match(new RegExp(`EDGE-KUBESPRAY-003 the tag v2.31.0 .* is commit ${commit}, not ffff`));
  });

  it("is refused where there is no such source or tag, and nothing is left of the try", async () => {
    const cache = path.join(folder, "empty");
    const error = (await from("/nowhere", commit, cache).catch((thrown: unknown) => thrown)) as Error;
    expect(error.message).to.match(/EDGE-KUBESPRAY-002 Kubespray v2\.31\.0 is not to be had from \/nowhere/);
    expect(existsSync(path.join(cache, "kubespray", commit))).to.equal(false);
  });

  it("is pinned for every tag of the catalog, with what its Ansible is made of", () => {
    expect(kubesprayReleases.map(({ tag }) => tag)).to.have.members(kubesprayTags.map(({ tag }) => tag));
    for (const { requirements, ansibleCore } of kubesprayReleases) {
      const text = readFileSync(requirements, "utf8");
      const core = /^ansible-core==(\S+)/m.exec(text)?.[1] ?? "";
      expect(core.startsWith(ansibleCore.min.split(".").slice(0, 2).join(".")), core).to.equal(true);
      const pinned = text.split("\n").filter((line) => /^[a-z]/.test(line));
      expect(pinned.length).to.be.above(8);
      expect(text.match(/--hash=sha256:[0-9a-f]{64}/g)?.length ?? 0).to.be.at.least(pinned.length);
    }
  });
});
