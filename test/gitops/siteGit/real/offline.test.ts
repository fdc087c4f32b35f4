import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { configureCommand } from "../../../../components/gitea/configuration";
import { takeOverChanges, type ChangesExchange } from "../../../../gitops/changes/exchange";
import { pushRefs } from "../../../../gitops/git/remote";
import { GiteaRefused } from "../../../../gitops/gitea/client";
import { HubPromoter } from "../../../../gitops/hub/promoter";
import { adoptFromHub, publishToHub } from "../../../../gitops/hub/publish";
import { hubRemote } from "../../../../gitops/hub/remotes";
import { fetchSiteRepository, siteRepository } from "../../../../gitops/hub/siteRepository";
import { git } from "../../../../gitops/git/run";
import { publishRelease } from "../../../../gitops/publish";
import { allowedSigners } from "../../../../gitops/signing/signers";
import { pass } from "../../../../probes/answers";
import { queuedChanges } from "../../../../probes/siteReport/queue";
import { verifyReconnection } from "../../../../probes/siteReport/reconnect";
import { repository } from "../../../support/edgewave";
import { aRelease, aSite } from "../../../support/fleet";
import { lacksNamespaces } from "../../../support/gitea/namespaces";
import { lacksGitea } from "../../../support/gitea/server";
import { signingKeyOfTests } from "../../../support/signingKey";
import { newFolder, removeFolders } from "../../folders";
import { Clone, Story } from "./story";

const name = "porto";
const [first, second] = [aRelease(), aRelease({ name: "2026.12.0" })];

describe("a site that lives without its hub", function () {
  this.timeout(180_000);
  const signer = signingKeyOfTests();
  let story: Story;
  let directory: string;
  let signers: string;
  let operator: Clone;
  let exchange: ChangesExchange;
  before(async function () {
    const lacking = lacksGitea() ?? lacksNamespaces();
    if (lacking !== undefined) {
      console.log(`      skipped: ${lacking}`);
      return this.skip();
    }
    story = await Story.begin(name);
    directory = newFolder();
    signers = path.join(directory, "allowed_signers");
    writeFileSync(signers, allowedSigners(signer));
    exchange = {
      directory,
      fleet: hubRemote(story.hub.git, "fleet/harbours"),
      siteRemote: (site) => hubRemote(story.hub.git, `site/${site}`),
      signer,
    };
  });
  after(async () => {
    await story?.end();
    removeFolders();
  });

  async function promote(release = first): Promise<string> {
    const publication = { hub: story.hub.git, fleet: "harbours", release: release.name, sites: [name], directory };
    await adoptFromHub(publication);
    await publishRelease({ fleet: { name: "harbours" }, release, sites: [aSite({ name })], directory, signer });
    await publishToHub(publication);
    return (await new HubPromoter({ hub: story.hub.git, directory }).promote(name, release.name)).to;
  }
  const everywhere = [
    ["deploy", "refs/heads/deploy"],
    ["deploy", `refs/heads/release/${first.name}`],
    ["site", "refs/heads/main"],
  ] as const;
  const takeOver = () => takeOverChanges(exchange, name);

  it("has the mirrors, accounts and rights that it should, and a second time nothing is to do", async () => {
    await promote();
    expect(await story.configure()).to.include.members([
      "mirror deploy/porto from the hub",
      "push site/porto to the hub",
      "let flux read deploy/porto",
      "let operator write site/porto",
      "tell Flux of news in deploy/porto",
      "tell Flux of news in site/porto",
    ]);
    expect(await story.configure()).to.deep.equal([]);
    await story.meet(everywhere);
    // Flux applies nothing of it yet: every object is the other repository's.
    expect(await story.ask("site", "site/porto", "ls-tree", "-r", "--name-only", "main")).to.equal("README.md");
  });

  it("lets Flux read and nothing more, and nobody rewrite what it keeps", async () => {
    operator = new Clone(path.join(directory, "operator"), story.remote("site", "operator"));
    const head = operator.git("rev-parse", "HEAD");
    const repository = path.join(operator.folder, ".git");
    const push = async (
      remote: ReturnType<Story["remote"]>,
      to: string,
      from: string | undefined,
      ref = "refs/heads/main",
    ) => {
      const [result] = await pushRefs(repository, remote, [{ ref, from, to }]);
      return result?.failure?.state;
    };
    const stranger = operator.git("commit-tree", "-m", "x", `${head}^{tree}`);
    expect(
      await push(story.remote("site", "flux"), stranger, undefined, "refs/heads/x").catch((error) => error.state),
    ).to.equal("denied");
    expect(await push(story.remote("site", "operator"), stranger, head)).to.equal("refused");
    expect(
      await push(story.remote("deploy", "operator"), stranger, undefined, "refs/heads/x").catch((error) => error.state),
    ).to.be.oneOf(["denied", "refused"]);
  });

  for (const account of ["flux", "operator"] as const) {
    it(`gives the account ${account} nothing beside its repositories`, async () => {
      await story.administration.createRepository("site", { name: "other", private: true, auto_init: true });
      const api = story.apiOf(account);
      const tries: readonly (readonly [string, () => Promise<unknown>])[] = [
        ["who there is", () => api.client.ask("GET", "/admin/users")],
        [
          "another account",
          () => api.createUser({ username: "m", email: "m@x.invalid", password: "aA1!aA1!aA1!aA1!" }),
        ],
        ["itself as administrator", () => api.editUser(account, { admin: true })],
        ["an organisation", () => api.createOrganization("mine", {})],
        ["a repository of its own", () => api.client.ask("POST", "/user/repos", { name: "mine" })],
        ["a repository of the organisation", () => api.createRepository("deploy", { name: "mine" })],
        ["a mirror of its own", () => api.migrate({ clone_addr: story.hub.gitea.url, repo_name: "mine" }, 10_000)],
        ["another's repository", () => api.client.ask("GET", "/repos/site/other")],
        ["settings", () => api.editRepository("site/porto", { description: "mine" })],
        ["an end", () => api.deleteRepository("deploy/porto")],
        ["friends", () => api.setCollaborator("site/porto", "flux", "write")],
        ["a key", () => api.client.ask("POST", "/repos/site/porto/keys", { title: "m", key: "ssh-ed25519 AAAA" })],
        ["a protection", () => api.removeProtection("site/porto", "main")],
        ["a webhook", () => api.createHook("site/porto", { type: "gitea", config: {}, events: ["push"] })],
        ["a way out", () => api.createPushMirror("site/porto", { remote_address: "https://x.example/y.git" })],
        ["another's tokens", () => api.createToken("edgewave", "mine", ["all"])],
        ["a mirror's run", () => api.syncPushMirrors("site/porto")],
      ];
      for (const [what, attempt] of tries) {
        const error = await attempt().catch((thrown: unknown) => thrown);
        expect(error, what).to.be.instanceOf(GiteaRefused);
        expect((error as GiteaRefused).status, what).to.be.within(400, 499);
      }
      // A token of its own can no more than it can itself.
      const { token } = await api.createToken(account, "mine", ["all"]);
      const byToken = story.site.api({ token });
      for (const attempt of [
        () => byToken.client.ask("GET", "/repos/site/other"),
        () => byToken.client.ask("GET", "/admin/users"),
      ]) {
        expect(await attempt().catch((thrown: unknown) => thrown)).to.be.instanceOf(GiteaRefused);
      }
      await story.administration.deleteRepository("site/other");
    });
  }

  it("hands its changes to the hub while there is a link", async () => {
    await operator.change("settings.yaml", "level: 1\n");
    await story.meet(everywhere);
    const taken = await takeOver();
    // Gitea's own first commit, and this one.
    expect(taken.changes.map(({ outcome }) => outcome)).to.deep.equal(["merged", "merged"]);
    expect(await story.ask("hub", "fleet/harbours", "show", "sites:porto/settings.yaml")).to.equal("level: 1");
    // Gates read a site's reports from where its repository is brought to.
    await fetchSiteRepository(directory, story.hub.git, name);
    const here = siteRepository(directory, name);
    expect(await git(here, ["show", "main:settings.yaml"])).to.equal("level: 1");
  });

  let queued: string[];
  it("keeps its state and queues five changes while the link is down, and the hub goes on", async () => {
    const before = await story.at("site", "deploy/porto", "deploy");
    story.net.cut();
    queued = [];
    for (const [file, text] of [
      ["one.yaml", "a: 1\n"],
      ["two.yaml", "b: 2\n"],
      ["settings.yaml", "level: 2\n"],
      ["one.yaml", "a: 1\nmore: 1\n"],
      ["deep/three.yaml", "c: 3\n"],
    ] as const) {
      queued.push(await operator.change(file, text));
    }
    const promoted = await promote(second);
    // Somebody at the hub has another opinion of the same line.
    await personAtHub("settings.yaml", "level: 9\n");
    await story.administration.syncPullMirror("deploy/porto");
    const pushed = await story.administration.syncPushMirrors("site/porto").catch((error: unknown) => error);
    expect(pushed).to.be.instanceOf(GiteaRefused);
    const [mirror] = await story.administration.pushMirrors("site/porto");
    expect(mirror?.last_error).to.match(/unreachable|Couldn't connect/);
    expect(await story.at("hub", "deploy/porto", "deploy")).to.equal(promoted);
    expect(await story.at("site", "deploy/porto", "deploy")).to.equal(before);
    expect(await story.at("site", "site/porto", "main")).to.equal(queued.at(-1));
    expect(await story.at("hub", "site/porto", "main")).not.to.equal(queued.at(-1));
    expect((await takeOver()).changes).to.deep.equal([]);
  });

  /** Changes the branch `sites` of the fleet's repository as people do, by a pull request in Gitea. */
  async function personAtHub(file: string, text: string): Promise<void> {
    const { client } = story.hub.gitea.api();
    const fleet = "/repos/fleet/harbours";
    const at = `${fleet}/contents/porto/${file}`;
    const { sha } = (await client.ask("GET", `${at}?ref=sites`)) as { sha: string };
    const content = Buffer.from(text).toString("base64");
    await client.ask("PUT", at, { branch: "sites", new_branch: "level", sha, content, message: "Another level" });
    const asked = await client.ask("POST", `${fleet}/pulls`, { head: "level", base: "sites", title: "Another level" });
    const { number } = asked as { number: number };
    for (let attempt = 0; ; attempt += 1) {
      // Gitea looks first whether it can be merged, and says 405 meanwhile.
      const error = await client
        .ask("POST", `${fleet}/pulls/${number}/merge`, { Do: "merge" })
        .catch((thrown) => thrown);
      if (!(error instanceof Error)) return;
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** What the driver asks of a site that is back, with Flux and buffers as they should be. */
  const reconnect = async () => {
    await fetchSiteRepository(directory, story.hub.git, name);
    const [promoted, mirrored, atSite] = [
      await story.at("hub", "deploy/porto", "deploy"),
      await story.at("site", "deploy/porto", "deploy"),
      await story.at("site", "site/porto", "main"),
    ];
    const taken = await queuedChanges(directory, name);
    const changed = { atSite, atHub: taken.head };
    const buffer = { messages: 0, trend: 0, inFlight: 0 };
    return verifyReconnection({ promoted, mirrored, changed, taken, flux: pass("Flux is there"), buffer });
  };

  it("is known to be apart from the hub, whoever asks both", async () => {
    const { answer, detail } = await reconnect();
    expect(answer).to.equal("inconclusive");
    expect(detail).to.match(/^check 1 of 4, mirrors: /);
  });

  it("meets the hub again: what merges is merged, what does not is a branch and a report, and nothing is lost", async () => {
    story.net.restore();
    await story.meet([...everywhere, ["deploy", `refs/heads/release/${second.name}`]]);
    const { changes, more } = await takeOver();
    const { answer, detail } = await reconnect();
    expect(answer, detail).to.equal("pass");
    expect(detail).to.include("the mirrors have caught up; 1 change did not merge and are listed: conflicts/porto/");
    expect(more).to.equal(false);
    expect(changes.map(({ commit }) => commit)).to.deep.equal(queued);
    expect(changes.map(({ outcome }) => outcome)).to.deep.equal(["merged", "merged", "conflict", "merged", "merged"]);
    const [, , conflict] = changes;
    const branch = `conflicts/porto/${queued[2]?.slice(0, 12)}`;
    expect(conflict).to.deep.include({ branch, files: ["settings.yaml"], subject: "Set settings.yaml to level: 2" });

    const show = (what: string) => story.ask("hub", "fleet/harbours", "show", what);
    expect(await show("sites:porto/one.yaml")).to.equal("a: 1\nmore: 1");
    expect(await show("sites:porto/deep/three.yaml")).to.equal("c: 3");
    expect(await show("sites:porto/settings.yaml")).to.equal("level: 9");
    expect(await show(`${branch}:porto/settings.yaml`)).to.equal("level: 2");
    // The site goes on with its own.
    expect(await story.ask("site", "site/porto", "show", "main:settings.yaml")).to.equal("level: 2");
    for (const commit of queued) {
      expect(
        await story.ask("hub", "fleet/harbours", "merge-base", "--is-ancestor", commit, "sites").then(() => "in"),
        commit,
      ).to.equal("in");
    }
  });

  it("has nothing queued any more, and lists the conflict until people have resolved it", async () => {
    expect((await takeOver()).changes).to.deep.equal([]);
    const branches = await story.ask(
      "hub",
      "fleet/harbours",
      "for-each-ref",
      "--format=%(refname)",
      "refs/heads/conflicts",
    );
    expect(branches.split("\n")).to.have.length(1);
  });

  it("leaves signatures that the real Git verifies, of every release and everything taken over", async function () {
    const verify = (side: "hub" | "site", repository: string, commit: string) =>
      story.ask(side, repository, "-c", `gpg.ssh.allowedSignersFile=${signers}`, "verify-commit", commit);
    try {
      execFileSync("ssh-keygen", ["-?"], { stdio: "ignore" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return this.skip();
    }
    await verify("site", "deploy/porto", "deploy");
    await verify("site", "deploy/porto", `release/${first.name}`);
    const ours = await story.ask(
      "hub",
      "fleet/harbours",
      "log",
      "--format=%H",
      "--author=release@edgewave.invalid",
      "sites",
      "--branches=conflicts/*",
    );
    expect(ours.split("\n")).to.have.length(7);
    for (const commit of ours.split("\n")) await verify("hub", "fleet/harbours", commit);
  });

  it("takes new tokens without a moment in which Flux finds nothing, and the old ones end", async () => {
    const before = await story.at("site", "deploy/porto", "deploy");
    await story.hub.setUp({ rotate: new Set([name]) });
    expect(await story.configure()).to.include.members([
      "mirror deploy/porto from the hub anew (its login is another one)",
      "push site/porto to the hub",
    ]);
    expect(await story.configure()).to.deep.equal([]);
    expect(await story.at("site", "deploy/porto", "deploy")).to.equal(before);
    await operator.change("after.yaml", "d: 4\n");
    await story.meet(everywhere);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await story.meet(everywhere);
    const later = { now: () => Date.now() + 2 * 3_600_000 };
    await story.hub.setUp(later);
    const left = (await story.hub.setup.api.tokens("site-porto")).map(({ name: token }) =>
      token.replace(/-[0-9a-f]+$/, ""),
    );
    expect(left.sort()).to.deep.equal(["edgewave-read", "edgewave-write"]);
    await operator.change("later.yaml", "e: 5\n");
    await story.meet(everywhere);
  });

  it("is put back where somebody changed it", async () => {
    const api = story.administration;
    // A sync under way writes the interval that it began with over the new one.
    do await api.editRepository("deploy/porto", { mirror_interval: "24h0m0s" });
    while ((await api.repository("deploy/porto"))?.mirror_interval !== "24h0m0s");
    await api.setCollaborator("site/porto", "operator", "read");
    await api.editUser("flux", { restricted: false });
    await api.removeProtection("site/porto", "main");
    for (const { id } of await api.hooks("deploy/porto")) await api.removeHook("deploy/porto", id);
    for (const mirror of await api.pushMirrors("site/porto"))
      await api.removePushMirror("site/porto", mirror.remote_name);
    expect(await story.configure()).to.deep.equal([
      "take from flux what it should not be (restricted is false, not true)",
      "let operator write site/porto (it may read)",
      "protect main of site/porto from being rewritten",
      "push site/porto to the hub",
      'set the mirror deploy/porto to its interval, and to Git alone (mirror_interval is "24h0m0s", not "10m0s")',
      "tell Flux of news in deploy/porto",
    ]);
    expect(await story.configure()).to.deep.equal([]);
  });

  it("is put back by what a site's stack calls, which is told everything on standard input", async () => {
    for (const { id } of await story.administration.hooks("deploy/porto")) {
      await story.administration.removeHook("deploy/porto", id);
    }
    const { reader, writer, site, hub, webhook } = await story.wanted();
    const input = {
      url: story.site.url,
      authority: story.authority.cert,
      administrator: story.login,
      git: { site, hub, reader, writer, webhook },
    };
    const call = (given: unknown) =>
      spawnSync("/bin/sh", ["-c", configureCommand], {
        input: JSON.stringify(given),
        encoding: "utf8",
        env: { ...process.env, EDGEWAVE_NODE: process.execPath, EDGEWAVE_HOME: repository },
      });
    const done = call(input);
    expect(done.status, done.stderr).to.equal(0);
    expect(done.stdout).to.equal("tell Flux of news in deploy/porto\n");
    expect(call(input)).to.include({ status: 0, stdout: "" });
    const wrong = call({ ...input, administrator: { username: "edgewave", password: "not-this-0ne-at-all" } });
    expect(wrong.status).to.equal(1);
    expect(wrong.stderr).to.include("EDGE-HUB-003").and.not.to.include("not-this-0ne");
    const senseless = call({ ...input, url: 7, git: { ...input.git, hub: "secret-0" } });
    expect(senseless.status).to.equal(2);
    expect(senseless.stderr).to.include("EDGE-HUB-008").and.include("git.hub").and.not.to.include("secret-0");
  });

  it("goes on from a replacement that was ended in its middle", async () => {
    const api = story.administration;
    await api.editRepository("deploy/porto", { name: "porto.next" });
    expect(await story.configure()).to.include(
      "put the new mirror of deploy/porto in its place (a setup was ended in its middle)",
    );
    expect(await story.configure()).to.deep.equal([]);
    await story.meet(everywhere);
  });

  it("calls nobody but its hub and Flux's receiver", async () => {
    const migration = {
      repo_owner: "deploy",
      repo_name: "elsewhere",
      service: "git",
      mirror: true,
      clone_addr: `https://192.0.2.9:3000/x.git`,
    };
    const error = await story.administration.migrate(migration, 10_000).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(GiteaRefused);
  });
});
