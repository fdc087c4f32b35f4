import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { importCommits } from "../../../../gitops/git/importCommits";
import { listRefs, pushRefs } from "../../../../gitops/git/remote";
import { RemoteFailed } from "../../../../gitops/git/remoteFailure";
import { openRepository } from "../../../../gitops/git/repository";
import { hubRemote } from "../../../../gitops/hub/remotes";
import { allowedSigners } from "../../../../gitops/signing/signers";
import type { SigningKey } from "../../../../signing/key";
import { lacksNamespaces } from "../../../support/gitea/namespaces";
import { lacksGitea } from "../../../support/gitea/server";
import { signingKeyOfTests } from "../../../support/signingKey";
import { needsSshKeygen } from "../../../support/sshKeygen";
import { newFolder, removeFolders } from "../../folders";
import { Clone, Story } from "./story";

const name = "porto";
const mib = 1024 * 1024;

describe("what goes wrong on the way from a site's Gitea to its hub", function () {
  this.timeout(180_000);
  const signer = signingKeyOfTests();
  let story: Story;
  let disk: string;
  let work: string;
  let operator: Clone;
  before(async function () {
    const lacking = lacksGitea() ?? lacksNamespaces();
    if (lacking !== undefined) {
      console.log(`      skipped: ${lacking}`);
      return this.skip();
    }
    // The hub's Gitea lives on a disk of its own, which can be full.
    disk = newFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "edgewave-test", disk]);
    const folder = path.join(disk, "gitea");
    mkdirSync(folder);
    story = await Story.begin(name, {}, { folder });
    work = path.join(newFolder(), "work.git");
    await openRepository(work, "deploy");
    await publish(signer, "a: 1\n");
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
  const hubMain = () => story.at("hub", `site/${name}`, "main");
  const fsck = (repository: string) =>
    story.ask("hub", repository, "fsck", "--full", "--strict", "--connectivity-only");
  /** What nothing makes smaller. */
  const heavy = (bytes: number): string => randomBytes(bytes / 2).toString("hex");

  /** Puts a commit on the hub's `deploy`, as the publisher. @throws RemoteFailed */
  async function publish(by: SigningKey, text: string): Promise<string> {
    const from = (await listRefs(work, hubDeploy(), [])).get("refs/heads/deploy");
    const draft = { parent: undefined, date: 0, message: "x", files: [["a.yaml", text]] } as const;
    const [to = ""] = await importCommits(work, [draft], { signer: by });
    const [result] = await pushRefs(work, hubDeploy(), [{ ref: "refs/heads/deploy", from, to }]);
    if (result?.failure !== undefined) throw result.failure;
    return to;
  }

  it("is a cut in the middle of a push: the hub keeps what it had, nothing is half there, and the next one brings it all", async () => {
    const before = await hubMain();
    story.net.throttle(8_000, "site");
    const begun = story.net.sent();
    const mine = await operator.change("much", heavy(4 * mib));
    // It answers once the push has ended.
    const pushing = story.administration.syncPushMirrors(`site/${name}`).catch(() => undefined);
    try {
      while (story.net.sent() < begun + 256 * 1024) await sleep(20);
      story.net.cut();
      expect(await hubMain()).to.equal(before);
      await fsck(`site/${name}`);
    } finally {
      story.net.throttle(undefined, "site");
      story.net.restore();
    }
    await pushing;
    await story.meet(both, 120);
    expect(await hubMain()).to.equal(mine);
    await fsck(`site/${name}`);
  });

  it("is a full disk at the hub: changes wait at the site, no site is moved, and both go on when there is room", async () => {
    const [main, deploy] = [await hubMain(), await story.at("hub", `deploy/${name}`, "deploy")];
    const balloon = path.join(disk, "balloon");
    const df = execFileSync("df", ["--output=avail", "-B1", disk], { encoding: "utf8" });
    const free = Number(df.trim().split("\n")[1]);
    let mine: string;
    try {
      writeFileSync(balloon, Buffer.alloc(Math.max(0, free - mib)));
      mine = await operator.change("more", heavy(4 * mib));
      await story.administration.syncPushMirrors(`site/${name}`).catch(() => undefined);
      while ((await story.administration.pushMirrors(`site/${name}`))[0]?.last_error === "") await sleep(100);
      expect(await hubMain()).to.equal(main);
      const error = await publish(signer, heavy(4 * mib)).catch((thrown: unknown) => thrown);
      expect(error, String(error)).to.be.instanceOf(RemoteFailed).and.include({ state: "broken" });
      expect(await story.at("hub", `deploy/${name}`, "deploy")).to.equal(deploy);
    } finally {
      rmSync(balloon, { force: true });
    }
    const to = await publish(signer, "a: 2\n");
    await story.meet(both, 120);
    expect(await hubMain()).to.equal(mine);
    expect(await story.at("site", `deploy/${name}`, "deploy")).to.equal(to);
    await fsck(`site/${name}`);
    await fsck(`deploy/${name}`);
  });

  it("is a wrong key: a commit that another one has signed comes to the site, and is known for what it is", async function () {
    needsSshKeygen(this);
    const signers = path.join(newFolder(), "allowed_signers");
    writeFileSync(signers, allowedSigners(signer));
    // As Flux does before it takes a commit over.
    const verify = () =>
      story
        .ask("site", `deploy/${name}`, "-c", `gpg.ssh.allowedSignersFile=${signers}`, "verify-commit", "deploy")
        .then(
          () => "good",
          (error: Error) => error.message,
        );
    const wrong = await publish(signingKeyOfTests("other"), "a: 3\n");
    await story.meet(both);
    expect(await story.at("site", `deploy/${name}`, "deploy")).to.equal(wrong);
    expect(await verify()).to.match(/No principal matched|no principal matched|not allowed/);
    await publish(signer, "a: 4\n");
    await story.meet(both);
    expect(await verify()).to.equal("good");
  });
});
