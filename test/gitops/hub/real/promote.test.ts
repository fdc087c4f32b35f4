import { expect } from "chai";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { signingKeyOfTests } from "../../../support/signingKey";
import { git } from "../../../../gitops/git/run";
import { RemoteFailed, type RemoteState } from "../../../../gitops/git/remoteFailure";
import { beginMove } from "../../../../gitops/hub/journal";
import { HubPromoter } from "../../../../gitops/hub/promoter";
import { adoptFromHub, publishToHub } from "../../../../gitops/hub/publish";
import type { HubGit } from "../../../../gitops/hub/remotes";
import { protectionSettings } from "../../../../gitops/hub/settings";
import { NotPublished } from "../../../../gitops/promoter";
import { publishRelease } from "../../../../gitops/publish";
import { PublishFailed } from "../../../../gitops/publishError";
import { isSignedBy } from "../../../../gitops/signing/signedCommit";
import type { Promoter } from "../../../../rollout/promoter";
import { TestAuthority } from "../../../support/certificates";
import { aRelease, sites } from "../../../support/fleet";
import { lacksGitea } from "../../../support/gitea/server";
import { LinkOfTests } from "../../../support/link";
import { newFolder, removeFolders } from "../../folders";
import { HubOfTests } from "./hubOfTests";

const quick = { attempts: 2, firstWaitMs: 10, longestWaitMs: 20 };
const patient = { attempts: 60, firstWaitMs: 100, longestWaitMs: 500 };
const [first, second] = [aRelease(), aRelease({ name: "2026.12.0" })];
const fleetSites = sites(6);
const names = fleetSites.map(({ name }) => name);
const [site = "", other = ""] = names;

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("promotion on a hub", function () {
  this.timeout(120_000);
  const signer = signingKeyOfTests();
  let hub: HubOfTests;
  let link: LinkOfTests;
  let directory: string;
  /** The hub over a link that can be cut. */
  let linked: HubGit;
  before(async function () {
    const lacking = lacksGitea();
    if (lacking !== undefined) {
      console.log(`      skipped: ${lacking}`);
      return this.skip();
    }
    hub = await HubOfTests.start(names);
    await hub.setUp();
    directory = newFolder();
    const { port } = new URL(hub.gitea.url);
    link = await LinkOfTests.to("127.0.0.1", Number(port));
    linked = { ...hub.git, url: `https://127.0.0.1:${link.port}` };
    for (const release of [first, second]) await publish(release);
  });
  after(async () => {
    await link?.close();
    await hub?.stop();
    removeFolders();
  });

  const publication = (release: string, more: object = {}) => ({
    hub: linked,
    fleet: "harbours",
    release,
    sites: names,
    directory,
    patience: quick,
    ...more,
  });
  async function publish(release = first, folder = directory) {
    await adoptFromHub(publication(release.name, { directory: folder }));
    await publishRelease({ fleet: { name: "harbours" }, release, sites: fleetSites, directory: folder, signer });
    return publishToHub(publication(release.name, { directory: folder }));
  }
  const promoter = (more: Partial<ConstructorParameters<typeof HubPromoter>[0]> = {}) =>
    new HubPromoter({ hub: linked, directory, patience: quick, ...more });
  /** Asked of Gitea's own files. */
  const onHub = (repository: string, ...args: string[]): Promise<string> =>
    git(path.join(hub.gitea.folder, "git", `${repository}.git`), ["-c", "safe.directory=*", ...args]);
  const deploy = (name = site): Promise<string> => onHub(`deploy/${name}`, "rev-parse", "deploy");
  const cut = (release: string, name = site): Promise<string> =>
    onHub(`deploy/${name}`, "rev-parse", `release/${release}`);

  it("is what a rollout asks for", () => {
    const asked: Promoter = promoter();
    expect(asked.promote).to.be.a("function");
  });

  it("finds every site's cut there ahead of time, signed, and nothing that a site follows moved", async () => {
    for (const name of names) {
      const content = await git(path.join(hub.gitea.folder, "git", `deploy/${name}.git`), [
        "-c",
        "safe.directory=*",
        "cat-file",
        "commit",
        `release/${first.name}`,
      ]);
      expect(isSignedBy(Buffer.from(`${content}\n`), signer)).to.equal(true);
      expect(await onHub(`deploy/${name}`, "ls-tree", "deploy")).to.equal("");
    }
    expect(await onHub("fleet/harbours", "rev-parse", `refs/tags/release/${second.name}`)).to.equal(
      await onHub("fleet/harbours", "rev-parse", "main"),
    );
  });

  it("publishes nothing a second time", async () => {
    expect(await publish(second)).to.deep.equal({ fleet: false, sites: [] });
  });

  it("goes on from what another machine published", async () => {
    const machine = newFolder();
    expect(await publish(second, machine)).to.deep.equal({ fleet: false, sites: [] });
  });

  it("takes many sites at once, on, and back", async () => {
    for (const release of [first.name, second.name, first.name]) {
      const before = await Promise.all(names.map((name) => deploy(name)));
      const moves = await Promise.all(names.map((name) => promoter().promote(name, release)));
      for (const [index, name] of names.entries()) {
        expect(moves[index]).to.deep.equal({
          site: name,
          from: before[index],
          to: await cut(release, name),
          moved: true,
        });
        expect(await deploy(name)).to.equal(moves[index]?.to);
      }
    }
  });

  it("does nothing to a site that is there", async () => {
    const at = await cut(first.name);
    expect(await promoter().promote(site, first.name)).to.deep.equal({ site, from: at, to: at, moved: false });
  });

  /** The release that the site is not at. */
  const elsewhere = async (): Promise<string> =>
    (await deploy()) === (await cut(first.name)) ? second.name : first.name;
  const states = async (act: Promise<unknown>, state: RemoteState): Promise<void> => {
    const before = await deploy();
    const error = await rejection(act);
    expect(error, String(error)).to.be.instanceOf(RemoteFailed).and.include({ state });
    expect(await deploy()).to.equal(before);
  };

  it("says that the hub cannot be reached, and goes on when it can", async () => {
    link.cut();
    try {
      await states(promoter().promote(site, second.name), "unreachable");
      const waiting = promoter({ patience: patient }).promote(site, await elsewhere());
      link.restore();
      expect((await waiting).moved).to.equal(true);
    } finally {
      link.restore();
    }
  });

  it("finds out by itself that a push arrived whose answer was lost, and what it moved", async () => {
    const release = await elsewhere();
    const [from, to] = [await deploy(), await cut(release)];
    let moved = false;
    const watch = setInterval(() => void deploy().then((at) => (moved ||= at === to)), 20);
    link.loseAnswersOnce(() => moved);
    try {
      const waiting = promoter({ patience: patient }).promote(site, release);
      while ((await deploy()) !== to) await new Promise((resolve) => setTimeout(resolve, 20));
      link.restore();
      expect(await waiting).to.deep.equal({ site, from, to, moved: true });
    } finally {
      clearInterval(watch);
      link.restore();
    }
  });

  it("knows after a kill between the record and the push, or the push and the record, what was moved", async () => {
    const release = await elsewhere();
    const [from, to] = [await deploy(), await cut(release)];
    const repository = path.join(directory, "deploy", `${site}.git`);
    await beginMove(repository, { from, to });
    // Killed before the push: nothing was moved, and this does it.
    expect(await promoter().promote(site, release)).to.deep.equal({ site, from, to, moved: true });
    // Killed after it: it was moved, and the record says from where.
    await beginMove(repository, { from, to });
    expect(await promoter().promote(site, release)).to.deep.equal({ site, from, to, moved: true });
    expect(await promoter().promote(site, release)).to.deep.equal({ site, from: to, to, moved: false });
  });

  it("lets rivals move a site only from where they have seen it", async () => {
    const before = await deploy();
    const folders = [directory, ...Array.from({ length: 3 }, newFolder)];
    const releases = [first, second, first, second];
    const results = await Promise.all(
      folders.map((folder, index) =>
        promoter({ directory: folder, patience: patient }).promote(site, releases[index]?.name ?? ""),
      ),
    );
    const moves = results.filter(({ moved }) => moved);
    // Each move began where another one had ended: a chain, in which nobody's was overwritten unseen.
    const ends = new Map<string, number>();
    for (const { from, to } of moves) {
      ends.set(from, (ends.get(from) ?? 0) - 1);
      ends.set(to, (ends.get(to) ?? 0) + 1);
    }
    const now = await deploy();
    const expected =
      now === before
        ? []
        : [
            [before, -1],
            [now, 1],
          ];
    expect([...ends].filter(([, count]) => count !== 0).sort()).to.deep.equal(expected.sort());
  });

  it("says that the branch is protected from us, and leaves the others of the wave moved and known", async () => {
    await hub.setup.api.editProtection(`deploy/${site}`, "deploy", {
      ...protectionSettings({ by: "publishers", force: true }),
      push_whitelist_teams: [],
      force_push_allowlist_teams: [],
    });
    try {
      await states(promoter().promote(site, await elsewhere()), "refused");
      expect((await promoter().promote(other, second.name)).to).to.equal(await deploy(other));
    } finally {
      await hub.setUp();
    }
  });

  it("says that a wrong token does not get in, and a token that may only read neither", async () => {
    const wrong = path.join(hub.folder, "wrong");
    writeFileSync(wrong, `edgewave-publisher:${"0".repeat(40)}\n`);
    await states(promoter({ hub: { ...linked, loginFile: wrong } }).promote(site, first.name), "denied");
    const reader = hub.setup.credentials.file({ site, use: "read" });
    await states(promoter({ hub: { ...linked, loginFile: reader } }).promote(site, await elsewhere()), "denied");
  });

  it("asks nobody whose certificate it was not told to trust", async () => {
    const stranger = path.join(hub.folder, "stranger.pem");
    writeFileSync(stranger, new TestAuthority().cert);
    await states(promoter({ hub: { ...linked, authorityFile: stranger } }).promote(site, first.name), "distrusted");
  });

  it("says what the hub does not have", async () => {
    await states(promoter().promote("lagos", first.name), "missing");
    expect(await rejection(promoter().promote(site, "2027.1.0"))).to.be.instanceOf(NotPublished);
  });

  it("publishes to all sites but those that fail, and names them", async () => {
    const third = aRelease({ name: "2027.1.0" });
    await hub.setup.api.editProtection(`deploy/${site}`, "release/*", {
      ...protectionSettings({ by: "publishers", force: true }),
      push_whitelist_teams: [],
    });
    try {
      const error = await rejection(publish(third));
      expect(error).to.be.instanceOf(PublishFailed);
      expect((error as PublishFailed).failures.map(({ site: failed }) => failed)).to.deep.equal([site]);
      expect(String(error)).to.include("EDGE-GIT-007");
      expect(await cut(third.name, other)).to.match(/^[0-9a-f]{40}$/);
    } finally {
      await hub.setUp();
    }
    expect(await publish(third)).to.deep.equal({ fleet: false, sites: [site] });
  });

  it("puts no token where others could see it", async () => {
    const token = (await hub.setup.credentials.get("publisher"))?.token ?? "none";
    const error = await rejection(
      promoter({ hub: { ...linked, url: `https://127.0.0.1:1` } }).promote(site, first.name),
    );
    const all = (thrown: unknown): string =>
      thrown instanceof Error
        ? `${thrown.stack}${JSON.stringify(thrown)}${all(thrown.cause)}`
        : (JSON.stringify(thrown) ?? "");
    expect(all(error)).to.include("127.0.0.1:1").and.not.to.include(token);
  });
});
