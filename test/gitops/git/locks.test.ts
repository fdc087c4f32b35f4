import { assert, expect } from "chai";
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importCommits } from "../../../gitops/git/importCommits";
import { RepositoryLocked } from "../../../gitops/git/locks";
import { RefMoved, moveRefs } from "../../../gitops/git/refs";
import { openRepository } from "../../../gitops/git/repository";
import { DeployBranchPromoter } from "../../../gitops/promoter";
import { publishRelease } from "../../../gitops/publish";
import { aRelease } from "../../support/fleet";
import { askGit, newFolder, publication, removeFolders } from "../folders";

/** As a killed git process leaves it. */
function leaveLock(file: string, seconds: number): void {
  writeFileSync(file, "");
  const then = Date.now() / 1000 - seconds;
  utimesSync(file, then, then);
}

describe("lock files that a killed git process left", () => {
  let repository: string;
  let one: string;
  let two: string;
  beforeEach(async () => {
    repository = join(newFolder(), "refs.git");
    await openRepository(repository, "deploy");
    const commit = (message: string) => ({ parent: undefined, date: 1, message, files: [] });
    [one = "", two = ""] = await importCommits(repository, [commit("one"), commit("two")]);
    await moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: one }]);
  });
  after(removeFolders);

  const move = () => moveRefs(repository, [{ ref: "refs/heads/deploy", from: one, to: two }]);
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  for (const locks of [["refs/heads/deploy.lock"], ["HEAD.lock"], ["refs/heads/deploy.lock", "HEAD.lock"]]) {
    it(`are removed when they are older than a minute: ${locks.join(" and ")}`, async () => {
      for (const lock of locks) leaveLock(join(repository, lock), 61);
      expect(await move()).to.deep.equal(locks.map((lock) => join(repository, lock)));
      expect(askGit(repository, "rev-parse", "deploy")).to.equal(two);
      for (const lock of locks) expect(existsSync(join(repository, lock))).to.equal(false);
    });
  }

  it("are removed also if it is the one of the packed refs that is in the way", async () => {
    const lock = join(repository, "packed-refs.lock");
    leaveLock(lock, 61);
    leaveLock(join(repository, "refs/heads/deploy.lock"), 61);
    expect(await move()).to.include(lock);
  });

  it("stay when they are younger, and are named with what to do", async () => {
    const lock = join(repository, "refs/heads/deploy.lock");
    leaveLock(lock, 30);
    const error = await failureOf(move());
    assert(error instanceof RepositoryLocked);
    expect(error.file).to.equal(lock);
    expect(error.age).to.be.within(30_000, 50_000);
    expect(error.message).to.contain(lock).and.to.contain("remove the file");
    expect(existsSync(lock)).to.equal(true);
    expect(askGit(repository, "rev-parse", "deploy")).to.equal(one);
  });

  it("stay when a younger one is in the way too", async () => {
    leaveLock(join(repository, "HEAD.lock"), 61);
    leaveLock(join(repository, "refs/heads/deploy.lock"), 1);
    const error = await failureOf(move());
    assert(error instanceof RepositoryLocked);
    expect(error.file).to.contain("deploy.lock");
    expect(askGit(repository, "rev-parse", "deploy")).to.equal(one);
  });

  it("are waited for while their process is at work", async () => {
    const lock = join(repository, "refs/heads/deploy.lock");
    leaveLock(lock, 0);
    const moving = move();
    await new Promise((resolve) => setTimeout(resolve, 300));
    rmSync(lock);
    expect(await moving).to.deep.equal([]);
    expect(askGit(repository, "rev-parse", "deploy")).to.equal(two);
  });

  it("are left alone if the refs have moved anyway", async () => {
    leaveLock(join(repository, "refs/heads/deploy.lock"), 61);
    const error = await failureOf(moveRefs(repository, [{ ref: "refs/heads/deploy", from: two, to: one }]));
    expect(error).to.be.instanceOf(RefMoved);
    expect(existsSync(join(repository, "refs/heads/deploy.lock"))).to.equal(true);
  });

  it("do not hinder a repository from being made whole", async () => {
    const half = join(newFolder(), "half.git");
    mkdirSync(half);
    leaveLock(join(half, "config.lock"), 61);
    leaveLock(join(half, "HEAD.lock"), 61);
    expect((await openRepository(half, "deploy")).created).to.equal(true);
    expect(askGit(half, "rev-parse", "--is-bare-repository")).to.equal("true");
  });

  it("block neither a publication nor a promotion, which tell of them", async () => {
    const folder = newFolder();
    await publishRelease(publication(folder, 1));
    const [site = ""] = publication(folder, 1).sites.map(({ name }) => name);
    const fleetLock = join(folder, "fleet.git", "refs/heads/main.lock");
    const deployLock = join(folder, "deploy", `${site}.git`, "refs/heads/deploy.lock");
    leaveLock(fleetLock, 61);
    leaveLock(deployLock, 61);
    const published = await publishRelease(publication(folder, 1, aRelease({ name: "2026.12.0" })));
    expect(published.fleet.removedLocks).to.deep.equal([fleetLock]);
    expect(published.sites[0]).not.to.have.property("removedLocks");
    const promotion = await new DeployBranchPromoter(folder).promote(site, "2026.12.0");
    expect(promotion).to.deep.include({ moved: true, removedLocks: [deployLock] });
  });
});
