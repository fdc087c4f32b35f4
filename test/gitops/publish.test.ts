import { expect } from "chai";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GitFailed } from "../../gitops/git/run";
import { UnsafeName } from "../../gitops/names";
import { type PublishProgress, publishRelease } from "../../gitops/publish";
import { PublishFailed } from "../../gitops/publishError";
import { filesOf, renderRelease } from "../../gitops/render/release";
import { cutForSite } from "../../gitops/cut";
import { aRelease, aSite } from "../support/fleet";
import { allRefs, askGit, newFolder, publication, removeFolders } from "./folders";

const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const repositories = ["fleet.git", "deploy/porto.git", "deploy/site-1.git", "deploy/site-2.git", "deploy/site-3.git"];
const contentOf = (repository: string, ref: string) => {
  const paths = askGit(repository, "ls-tree", "-r", "--name-only", ref).split("\n");
  return new Map(paths.map((path) => [path, `${askGit(repository, "show", `${ref}:${path}`)}\n`]));
};
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("publishRelease", () => {
  let directory: string;
  beforeEach(() => {
    directory = newFolder();
  });
  after(removeFolders);

  it("puts the whole tree into the fleet's repository as one commit with a tag", async () => {
    const options = publication(directory, 2);
    const published = await publishRelease(options);
    const fleet = join(directory, "fleet.git");
    expect(askGit(fleet, "rev-list", "main")).to.equal(published.fleet.commit);
    expect(askGit(fleet, "rev-parse", "refs/tags/release/2026.11.0")).to.equal(published.fleet.commit);
    expect(askGit(fleet, "log", "-1", "--format=%cI %s", "main")).to.equal(
      "2026-11-02T00:00:00Z Release 2026.11.0 of harbours".replace("Z", "+00:00"),
    );
    expect(contentOf(fleet, "main")).to.deep.equal(
      new Map([...filesOf(renderRelease(options.release, options.sites))].sort()),
    );
  });

  it("puts each site's cut on a branch of its own, above an empty deploy", async () => {
    const options = publication(directory, 2);
    const published = await publishRelease(options);
    expect(published.sites.map(({ site, moved }) => [site, moved])).to.deep.equal([
      ["porto", true],
      ["site-1", true],
    ]);
    for (const { site, commit } of published.sites) {
      const repository = join(directory, "deploy", `${site}.git`);
      expect(askGit(repository, "rev-parse", "release/2026.11.0")).to.equal(commit);
      expect(askGit(repository, "rev-parse", `${commit}^`)).to.equal(askGit(repository, "rev-parse", "deploy"));
      expect(askGit(repository, "rev-parse", "deploy^{tree}")).to.equal(emptyTree);
      expect(askGit(repository, "rev-list", "--count", "--all")).to.equal("2");
      expect(askGit(repository, "log", "-1", "--format=%s|%(trailers:only)", commit)).to.equal(
        `Release 2026.11.0 for ${site}|Fleet-Commit: ${published.fleet.commit}\nRelease: 2026.11.0`,
      );
      expect(contentOf(repository, commit)).to.deep.equal(
        new Map([...cutForSite(renderRelease(options.release, options.sites), site)].sort()),
      );
      expect(askGit(repository, "symbolic-ref", "HEAD")).to.equal("refs/heads/deploy");
    }
  });

  it("leaves whole repositories", async () => {
    await publishRelease(publication(directory));
    for (const repository of repositories) {
      expect(askGit(join(directory, repository), "fsck", "--strict", "--full"), repository).not.to.match(
        /error|warning|missing/,
      );
    }
  });

  it("gives the same commits wherever and in whatever order it is done", async () => {
    const other = newFolder();
    await publishRelease(publication(directory));
    const options = publication(other);
    await publishRelease({ ...options, sites: [...options.sites].reverse() });
    expect(allRefs(other, repositories)).to.deep.equal(allRefs(directory, repositories));
  });

  it("makes no commit the second time, and not one object", async () => {
    await publishRelease(publication(directory));
    const state = () => repositories.map((name) => askGit(join(directory, name), "count-objects", "-v"));
    const before = [state(), allRefs(directory, repositories)];
    const again = await publishRelease(publication(directory));
    expect([state(), allRefs(directory, repositories)]).to.deep.equal(before);
    expect([again.fleet.moved, ...again.sites.map(({ moved }) => moved)]).to.deep.equal([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("moves one site's branch and the fleet's when one site changes, and nothing of the others", async () => {
    const options = publication(directory);
    const first = await publishRelease(options);
    const before = allRefs(directory, repositories);
    const sites = options.sites.map((site) => (site.name === "site-2" ? { ...site, region: "baltic" } : site));
    const second = await publishRelease({ ...options, sites });
    expect(second.sites.filter(({ moved }) => moved).map(({ site }) => site)).to.deep.equal(["site-2"]);
    const after = allRefs(directory, repositories);
    expect(repositories.filter((name) => after[name] !== before[name])).to.deep.equal([
      "fleet.git",
      "deploy/site-2.git",
    ]);
    const fleet = join(directory, "fleet.git");
    expect(askGit(fleet, "rev-list", "main").split("\n")).to.deep.equal([second.fleet.commit, first.fleet.commit]);
    expect(askGit(fleet, "rev-parse", "refs/tags/release/2026.11.0")).to.equal(second.fleet.commit);
    const site = join(directory, "deploy/site-2.git");
    expect(askGit(site, "rev-parse", "release/2026.11.0^")).to.equal(askGit(site, "rev-parse", "deploy"));
  });

  it("changes the fleet's repository alone when only a machine's inventory changes", async () => {
    const options = publication(directory);
    await publishRelease(options);
    const sites = options.sites.map((site) =>
      site.name === "porto" ? { ...site, ssh: { user: "other", port: 2222 } } : site,
    );
    const second = await publishRelease({ ...options, sites });
    expect([second.fleet.moved, ...second.sites.map(({ moved }) => moved)]).to.deep.equal([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("adds the next release beside the last one", async () => {
    const first = await publishRelease(publication(directory, 1));
    const second = await publishRelease(publication(directory, 1, aRelease({ name: "2026.12.0", date: "2026-12-01" })));
    const fleet = join(directory, "fleet.git");
    expect(askGit(fleet, "rev-list", "main").split("\n")).to.deep.equal([second.fleet.commit, first.fleet.commit]);
    expect(askGit(fleet, "tag").split("\n")).to.deep.equal(["release/2026.11.0", "release/2026.12.0"]);
    expect(
      askGit(join(directory, "deploy/porto.git"), "branch", "--format=%(refname:short)").split("\n"),
    ).to.deep.equal(["deploy", "release/2026.11.0", "release/2026.12.0"]);
  });

  it("leaves main at the newer release when an older one is published again unchanged", async () => {
    const first = await publishRelease(publication(directory, 1));
    const second = await publishRelease(publication(directory, 1, aRelease({ name: "2026.12.0", date: "2026-12-01" })));
    const again = await publishRelease(publication(directory, 1));
    expect(again.fleet).to.deep.equal({ commit: first.fleet.commit, moved: false });
    expect(askGit(join(directory, "fleet.git"), "rev-parse", "main")).to.equal(second.fleet.commit);
  });

  it("leaves the repository of a site that is gone, and says so", async () => {
    await publishRelease(publication(directory, 3));
    const before = allRefs(directory, repositories.slice(0, 4));
    const published = await publishRelease(publication(directory, 2));
    expect(published.stale).to.deep.equal(["site-2"]);
    expect(allRefs(directory, ["deploy/site-2.git"])["deploy/site-2.git"]).to.equal(before["deploy/site-2.git"]);
  });

  it("never moves deploy", async () => {
    await publishRelease(publication(directory, 1));
    const repository = join(directory, "deploy/porto.git");
    askGit(repository, "update-ref", "refs/heads/deploy", "refs/heads/release/2026.11.0");
    const promoted = askGit(repository, "rev-parse", "deploy");
    await publishRelease({ ...publication(directory, 1), sites: [aSite({ region: "baltic" })] });
    expect(askGit(repository, "rev-parse", "deploy")).to.equal(promoted);
    expect(askGit(repository, "rev-parse", "release/2026.11.0")).not.to.equal(promoted);
  });

  it("tells its steps, with the count of sites that are done", async () => {
    const told: PublishProgress[] = [];
    await publishRelease({ ...publication(directory, 2), onProgress: (progress) => told.push(progress) });
    const steps = (site?: string) => told.filter((p) => p.site === site).map(({ step }) => step);
    expect(steps()).to.deep.equal(["rendered", "created", "written", "published"]);
    expect(steps("porto")).to.deep.equal(["created", "written", "published"]);
    expect(told.at(-1)).to.include({ step: "published", done: 2, total: 2 });
  });

  it("completes what was interrupted after any step", async () => {
    const clean = newFolder();
    let steps = 0;
    await publishRelease({ ...publication(clean), onProgress: () => (steps += 1) });
    const expected = allRefs(clean, repositories);
    expect(steps).to.equal(16);
    for (let broken = 1; broken <= steps; broken += 1) {
      const folder = newFolder();
      let step = 0;
      const interrupted = publishRelease({
        ...publication(folder),
        onProgress: () => {
          step += 1;
          if (step >= broken) throw new Error("interrupted");
        },
      });
      expect(String(await rejection(interrupted)), `step ${broken}`).to.include("interrupted");
      await publishRelease(publication(folder));
      expect(allRefs(folder, repositories), `step ${broken}`).to.deep.equal(expected);
    }
  }).timeout(60_000);

  it("brings all other sites to the release when one site's repository is broken, and names that site", async () => {
    mkdirSync(join(directory, "deploy"), { recursive: true });
    writeFileSync(join(directory, "deploy", "site-1.git"), "no folder");
    const error = await rejection(publishRelease(publication(directory, 3)));
    expect(error).to.be.instanceOf(PublishFailed);
    expect((error as PublishFailed).failures.map(({ site }) => site)).to.deep.equal(["site-1"]);
    expect((error as PublishFailed).message)
      .to.include("1 of 3 sites")
      .and.include("site-1");
    for (const site of ["porto", "site-2"]) {
      expect(askGit(join(directory, "deploy", `${site}.git`), "rev-parse", "release/2026.11.0")).to.have.length(40);
    }
    rmSync(join(directory, "deploy", "site-1.git"));
    expect((await publishRelease(publication(directory, 3))).sites.map(({ moved }) => moved)).to.deep.equal([
      false,
      true,
      false,
    ]);
  });

  it("says what Git said when it cannot write the fleet's repository", async () => {
    writeFileSync(join(directory, "fleet.git"), "no folder");
    const error = await rejection(publishRelease(publication(directory, 1)));
    expect(error).to.be.instanceOf(GitFailed);
    expect((error as GitFailed).command).to.include("init");
    expect(existsSync(join(directory, "deploy"))).to.equal(false);
  });

  for (const [what, change] of [
    ["a site that is no DNS label", { sites: [aSite({ name: "../porto" })] }],
    ["a release that is no ref", { release: aRelease({ name: "a..b" }) }],
  ] as const) {
    it(`refuses ${what} before anything is written`, async () => {
      expect(await rejection(publishRelease({ ...publication(directory, 1), ...change }))).to.be.instanceOf(UnsafeName);
      expect(readdirSync(directory)).to.deep.equal([]);
    });
  }
});
