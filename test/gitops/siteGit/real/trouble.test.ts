import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { importCommits } from "../../../../gitops/git/importCommits";
import { fetchRefs, listRefs, pushRefs } from "../../../../gitops/git/remote";
import { remoteState } from "../../../../gitops/git/remoteFailure";
import { openRepository } from "../../../../gitops/git/repository";
import { hubRemote } from "../../../../gitops/hub/remotes";
import { lacksNamespaces } from "../../../support/gitea/namespaces";
import { lacksGitea } from "../../../support/gitea/server";
import { newFolder, removeFolders } from "../../folders";
import { Clone, Story } from "./story";

const name = "porto";
const mib = 1024 * 1024;

describe("what goes wrong between a site's Gitea and its hub", function () {
  this.timeout(180_000);
  let story: Story;
  let disk: string;
  let work: string;
  let operator: Clone;
  let parent: string;
  before(async function () {
    const lacking = lacksGitea() ?? lacksNamespaces();
    if (lacking !== undefined) {
      console.log(`      skipped: ${lacking}`);
      return this.skip();
    }
    // The site's Gitea lives on a disk of its own, which can be full.
    disk = newFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=48m", "edgewave-test", disk]);
    const folder = path.join(disk, "gitea");
    mkdirSync(folder);
    story = await Story.begin(name, { folder });
    work = path.join(newFolder(), "work.git");
    await openRepository(work, "deploy");
    [parent = ""] = await importCommits(work, [{ parent: undefined, date: 0, message: "root", files: [] }]);
    await publish(parent);
    await story.configure();
    await story.meet(both);
    operator = new Clone(path.join(newFolder(), "operator"), story.remote("site", "operator"));
  });
  after(async () => {
    await story?.end();
    if (disk !== undefined) spawnSync("umount", ["-l", disk]);
    removeFolders();
  });

  const both = [
    ["deploy", "refs/heads/deploy"],
    ["site", "refs/heads/main"],
  ] as const;
  const hubDeploy = () => hubRemote(story.hub.git, `deploy/${name}`);
  const at = (side: "hub" | "site") => story.at(side, `deploy/${name}`, "deploy");

  async function publish(to: string): Promise<void> {
    const there = (await listRefs(work, hubDeploy(), [])).get("refs/heads/deploy");
    const [result] = await pushRefs(work, hubDeploy(), [{ ref: "refs/heads/deploy", from: there, to }]);
    if (result?.failure !== undefined) throw result.failure;
  }
  /** A commit with so much that nothing makes smaller. */
  async function heavy(bytes: number): Promise<string> {
    const text = randomBytes(Math.ceil(bytes / 2))
      .toString("hex")
      .slice(0, bytes);
    const [commit = ""] = await importCommits(work, [{ parent, date: 1, message: "much", files: [["much", text]] }]);
    parent = commit;
    return commit;
  }
  const syncs = () => story.administration.syncPullMirror(`deploy/${name}`);
  const fsck = (side: "hub" | "site") =>
    story.ask(side, `deploy/${name}`, "fsck", "--full", "--strict", "--connectivity-only");

  it("is a cut in the middle of a mirror: nothing is half there, Flux's branch stays, and the next one brings it all", async () => {
    const before = await at("site");
    const commit = await heavy(4 * mib);
    await publish(commit);
    story.net.throttle(8_000);
    const begun = story.net.received();
    await syncs();
    while (story.net.received() < begun + 256 * 1024) await sleep(20);
    story.net.cut();
    expect(await at("site")).to.equal(before);
    await fsck("site");
    story.net.throttle(undefined);
    story.net.restore();
    await story.meet(both);
    expect(await at("site")).to.equal(commit);
    await fsck("site");
  });

  it("is a full disk at the site: it goes on with what it has, and takes the rest when there is room", async () => {
    const before = await at("site");
    const balloon = path.join(disk, "balloon");
    const free = (): number => {
      const df = execFileSync("df", ["--output=avail", "-B1", disk], { encoding: "utf8" });
      return Number(df.trim().split("\n")[1]);
    };
    const commit = await heavy(6 * mib);
    await publish(commit);
    try {
      writeFileSync(balloon, Buffer.alloc(Math.max(0, free() - 2 * mib)));
      const logged = story.site.log().length;
      await syncs();
      while (!/No space left/i.test(story.site.log().slice(logged))) await sleep(50);
      expect(await at("site")).to.equal(before);
      // Flux goes on reading.
      const flux = path.join(newFolder(), "flux.git");
      await openRepository(flux, "deploy");
      await fetchRefs(flux, story.remote("deploy", "flux"), ["+refs/heads/deploy:refs/heads/deploy"]);
    } finally {
      rmSync(balloon, { force: true });
    }
    await story.meet(both);
    expect(await at("site")).to.equal(commit);
    await fsck("site");
  });

  it("is a wrong token: the mirror says so, keeps what it has, and a right one mends it", async () => {
    const wanted = await story.wanted();
    const wrong = { ...wanted.hub, write: { ...wanted.hub.write, token: "0".repeat(40) } };
    expect(await story.configure({ hub: wrong })).to.include("push site/porto to the hub");
    const mine = await operator.change("a.yaml", "a: 1\n");
    await story.administration.syncPushMirrors(`site/${name}`).catch(() => undefined);
    const [mirror] = await story.administration.pushMirrors(`site/${name}`);
    expect(mirror?.last_error).to.match(/Authentication failed|Unauthorized|403/);
    expect(mirror?.last_error).not.to.include("0".repeat(40));
    expect(await story.at("hub", `site/${name}`, "main")).not.to.equal(mine);
    await story.configure();
    await story.meet(both);
    expect(await story.at("hub", `site/${name}`, "main")).to.equal(mine);
  });

  it("is a clock that is years off: the certificate is refused, and that is how it is told", async function () {
    // Go reads the kernel's clock past libfaketime, so it is Git's that is put off; what it sees is what Gitea's Git sees.
    if (spawnSync("faketime", ["--version"]).error !== undefined) {
      console.log("      skipped: there is no faketime on the PATH");
      return this.skip();
    }
    const { authorityFile = "", url } = hubDeploy();
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_TERMINAL_PROMPT: "0",
      LC_ALL: "C",
    };
    delete env["GIT_SSL_CAINFO"];
    const ask = (offset: string) =>
      spawnSync("faketime", ["-f", offset, "git", "-c", `http.sslCAInfo=${authorityFile}`, "ls-remote", url], {
        encoding: "utf8",
        env,
      });
    for (const offset of ["+2y", "-2y"]) {
      const { stderr } = ask(offset);
      expect(remoteState(stderr), stderr).to.equal("distrusted");
    }
    // By the right time the certificate is good, and the next question is who asks.
    expect(remoteState(ask("+0").stderr)).to.equal("denied");
  });

  it("is undone by a copy of the volume, as the documentation says", async () => {
    const before = await operator.change("b.yaml", "b: 1\n");
    await story.meet(both);
    await story.site.halt();
    const copy = path.join(newFolder(), "copy.tar.gz");
    execFileSync("tar", ["-C", story.site.folder, "-czf", copy, "."]);
    await story.site.boot();
    const lost = await operator.change("c.yaml", "c: 1\n");
    await story.meet(both);

    await story.site.halt();
    execFileSync("find", [story.site.folder, "-mindepth", "1", "-delete"]);
    execFileSync("tar", ["-C", story.site.folder, "-xzf", copy]);
    await story.site.boot();
    expect(await story.at("site", `site/${name}`, "main")).to.equal(before);
    expect(await story.configure()).to.deep.equal([]);
    // Accounts, tokens of the mirrors and rights are all there: it works on.
    expect(operator.git("ls-remote", "origin", "refs/heads/main")).to.include(before);
    expect(await at("site")).to.equal(await at("hub"));
    // The copy is older than what the hub has; the mirror's force does not take that away.
    await story.administration.syncPushMirrors(`site/${name}`).catch(() => undefined);
    const [mirror] = await story.administration.pushMirrors(`site/${name}`);
    expect(mirror?.last_error).to.include("protected from force push");
    expect(await story.at("hub", `site/${name}`, "main")).to.equal(lost);
    // It is put into the site's again, and both go on.
    operator.git("push", "--quiet", "origin", `${lost}:refs/heads/main`);
    await story.meet(both);
  });

  it("is undone without a copy too: both repositories come back from the hub", async () => {
    const before = await story.at("hub", `site/${name}`, "main");
    for (const repository of [`deploy/${name}`, `site/${name}`] as const)
      await story.administration.deleteRepository(repository);
    expect(await story.configure()).to.include.members([
      "make the repository site/porto",
      "mirror deploy/porto from the hub",
    ]);
    expect(await story.configure()).to.deep.equal([]);
    expect(await story.at("site", `site/${name}`, "main")).to.equal(before);
    await story.meet(both);
    expect(await story.at("hub", `site/${name}`, "main")).to.equal(before);
  });
});
