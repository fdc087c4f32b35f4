import { expect } from "chai";
import { join } from "node:path";
import { RefMoved, moveRefs } from "../../gitops/git/refs";
import { UnsafeName } from "../../gitops/names";
import { DeployBranchPromoter, NotPublished } from "../../gitops/promoter";
import { publishRelease } from "../../gitops/publish";
import type { Promoter } from "../../rollout/promoter";
import { aRelease } from "../support/fleet";
import { askGit, newFolder, publication, removeFolders } from "./folders";

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("DeployBranchPromoter", () => {
  let directory: string;
  let repository: string;
  let promoter: DeployBranchPromoter;
  let one: string;
  let two: string;
  let root: string;
  before(async () => {
    directory = newFolder();
    repository = join(directory, "deploy/porto.git");
    one = (await publishRelease(publication(directory, 1))).sites[0]?.commit ?? "";
    two = (await publishRelease(publication(directory, 1, aRelease({ name: "2026.12.0" })))).sites[0]?.commit ?? "";
    root = askGit(repository, "rev-parse", "deploy");
    promoter = new DeployBranchPromoter(directory);
  });
  beforeEach(() => askGit(repository, "update-ref", "refs/heads/deploy", root));
  after(removeFolders);

  const deploy = () => askGit(repository, "rev-parse", "deploy");

  it("is what a rollout asks for", async () => {
    const asked: Promoter = promoter;
    expect(await asked.promote("porto", "2026.11.0")).to.deep.equal({
      site: "porto",
      from: root,
      to: one,
      moved: true,
    });
  });

  it("moves deploy to the release, on to the next, and back", async () => {
    const path = [];
    for (const release of ["2026.11.0", "2026.12.0", "2026.11.0"]) {
      const { from, to } = await promoter.promote("porto", release);
      expect(deploy()).to.equal(to);
      path.push([from, to]);
    }
    expect(path).to.deep.equal([
      [root, one],
      [one, two],
      [two, one],
    ]);
  });

  it("does nothing to a site that is there already", async () => {
    await promoter.promote("porto", "2026.11.0");
    expect(await promoter.promote("porto", "2026.11.0")).to.deep.equal({
      site: "porto",
      from: one,
      to: one,
      moved: false,
    });
  });

  it("tells what a site follows", async () => {
    expect(await promoter.current("porto")).to.deep.equal({ release: undefined, commit: root });
    await promoter.promote("porto", "2026.12.0");
    expect(await promoter.current("porto")).to.deep.equal({ release: "2026.12.0", commit: two });
  });

  it("still knows the release after its branch has got new content", async () => {
    await promoter.promote("porto", "2026.12.0");
    askGit(repository, "update-ref", "refs/heads/release/2026.12.0", one);
    try {
      expect(await promoter.current("porto")).to.deep.equal({ release: "2026.12.0", commit: two });
    } finally {
      askGit(repository, "update-ref", "refs/heads/release/2026.12.0", two);
    }
  });

  it("says that a release was not published to a site", async () => {
    const error = await rejection(promoter.promote("porto", "2027.1.0"));
    expect(error).to.be.instanceOf(NotPublished);
    expect(String(error)).to.include("Release 2027.1.0 was not published to site porto");
    expect(deploy()).to.equal(root);
  });

  it("says that a site has no deploy repository", async () => {
    for (const ask of [() => promoter.promote("lagos", "2026.11.0"), () => promoter.current("lagos")]) {
      expect(String(await rejection(ask()))).to.include("Site lagos has no deploy repository");
    }
  });

  it("takes no name that leads elsewhere", async () => {
    expect(await rejection(promoter.promote("../fleet", "2026.11.0"))).to.be.instanceOf(UnsafeName);
    expect(await rejection(promoter.promote("porto", "../heads/deploy"))).to.be.instanceOf(UnsafeName);
    expect(await rejection(promoter.current("a/b"))).to.be.instanceOf(UnsafeName);
  });

  it("lets one of many move a site from where it is, and the others lose the race with RefMoved or come after it", async () => {
    for (let round = 0; round < 6; round += 1) {
      askGit(repository, "update-ref", "refs/heads/deploy", root);
      const releases = Array.from({ length: 6 }, (_, index) => (index % 2 ? "2026.11.0" : "2026.12.0"));
      const results = await Promise.allSettled(releases.map((release) => promoter.promote("porto", release)));
      const moves = results.flatMap((result) =>
        result.status === "fulfilled" && result.value.moved ? [result.value] : [],
      );
      expect(moves.filter(({ from }) => from === root)).to.have.length(1);
      expect(moves.map(({ to }) => to)).to.include(deploy());
      for (const result of results) if (result.status === "rejected") expect(result.reason).to.be.instanceOf(RefMoved);
    }
  });

  it("leaves a branch alone that was moved between reading and writing", async () => {
    await moveRefs(repository, [{ ref: "refs/heads/deploy", from: root, to: two }]);
    const error = await rejection(moveRefs(repository, [{ ref: "refs/heads/deploy", from: root, to: one }]));
    expect(error).to.be.instanceOf(RefMoved).and.include({ expected: root, actual: two });
    expect(deploy()).to.equal(two);
  });
});
