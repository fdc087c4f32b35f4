import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importCommits } from "../../../gitops/git/importCommits";
import { RefMoved, moveRefs, readRefs } from "../../../gitops/git/refs";
import { openRepository } from "../../../gitops/git/repository";
import { GitFailed } from "../../../gitops/git/run";
import { askGit, newFolder, removeFolders } from "../folders";

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("moveRefs", () => {
  let repository: string;
  let one: string;
  let two: string;
  beforeEach(async () => {
    repository = join(newFolder(), "refs.git");
    await openRepository(repository, "deploy");
    const commit = (message: string) => ({ parent: undefined, date: 1, message, files: [] });
    [one = "", two = ""] = await importCommits(repository, [commit("one\n\nRelease: 2026.11.0"), commit("two")]);
  });
  after(removeFolders);

  it("creates and moves, and reads back what it did", async () => {
    await moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: one }]);
    await moveRefs(repository, [{ ref: "refs/heads/deploy", from: one, to: two }]);
    expect([...(await readRefs(repository))]).to.deep.equal([
      [
        "refs/heads/deploy",
        {
          commit: two,
          tree: askGit(repository, "rev-parse", `${two}^{tree}`),
          release: undefined,
          content: Buffer.from(`${askGit(repository, "cat-file", "commit", two)}\n`),
        },
      ],
    ]);
  });

  it("reads the release out of the commit's trailer", async () => {
    await moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: one }]);
    expect((await readRefs(repository)).get("refs/heads/deploy")?.release).to.equal("2026.11.0");
  });

  it("reads each of several refs, also where a message holds what parts the fields", async () => {
    const message = "refs/heads/b\n\ntwo  lines of größe\n\nRelease: 7";
    const [odd = ""] = await importCommits(repository, [{ parent: undefined, date: 1, message, files: [] }]);
    await moveRefs(repository, [
      { ref: "refs/heads/a", from: undefined, to: odd },
      { ref: "refs/heads/b", from: undefined, to: two },
      { ref: "refs/tags/c", from: undefined, to: odd },
    ]);
    const refs = await readRefs(repository);
    expect([...refs].map(([name, { commit, release }]) => [name, commit, release])).to.deep.equal([
      ["refs/heads/a", odd, "7"],
      ["refs/heads/b", two, undefined],
      ["refs/tags/c", odd, "7"],
    ]);
    expect(refs.get("refs/tags/c")?.content.toString()).to.include("größe");
  });

  it("refuses to move what somebody else moved, and tells where it is now", async () => {
    await moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: one }]);
    const error = await rejection(moveRefs(repository, [{ ref: "refs/heads/deploy", from: two, to: two }]));
    expect(error).to.be.instanceOf(RefMoved);
    expect(error).to.include({ ref: "refs/heads/deploy", expected: two, actual: one });
    expect(askGit(repository, "rev-parse", "deploy")).to.equal(one);
  });

  it("refuses to create what is there, and to move what is not there", async () => {
    await moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: one }]);
    expect(
      await rejection(moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: two }])),
    ).to.be.instanceOf(RefMoved);
    expect(await rejection(moveRefs(repository, [{ ref: "refs/heads/other", from: one, to: two }]))).to.include({
      actual: undefined,
    });
  });

  it("moves all of several refs or none", async () => {
    await moveRefs(repository, [{ ref: "refs/heads/main", from: undefined, to: one }]);
    const changes = [
      { ref: "refs/tags/release/1", from: undefined, to: two },
      { ref: "refs/heads/main", from: two, to: two },
    ];
    expect(await rejection(moveRefs(repository, changes))).to.be.instanceOf(RefMoved);
    expect(askGit(repository, "show-ref")).to.equal(`${one} refs/heads/main`);
  });

  it("lets exactly one of many win a race", async () => {
    const race = Array.from({ length: 8 }, (_, index) =>
      moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: index % 2 ? one : two }]),
    );
    const results = await Promise.allSettled(race);
    const lost = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    expect(lost).to.have.length(7);
    for (const reason of lost) expect(reason).to.be.instanceOf(RefMoved);
  });

  it("does not call a missing commit a lost race", async () => {
    const error = await rejection(
      moveRefs(repository, [{ ref: "refs/heads/deploy", from: undefined, to: "e".repeat(40) }]),
    );
    expect(error).to.be.instanceOf(GitFailed);
  });
});

describe("openRepository", () => {
  after(removeFolders);

  it("finishes what a kill left half made", async () => {
    for (const leftOver of [[], ["HEAD"], ["refs/heads"], ["HEAD", "refs/heads"]]) {
      const repository = join(newFolder(), "half.git");
      mkdirSync(repository);
      for (const path of leftOver) {
        if (path === "HEAD") writeFileSync(join(repository, path), "ref: refs/heads/deploy\n");
        else mkdirSync(join(repository, path), { recursive: true });
      }
      expect(await openRepository(repository, "deploy")).to.deep.equal({ refs: new Map(), created: true });
      expect(askGit(repository, "rev-parse", "--is-bare-repository")).to.equal("true");
    }
  });

  it("never takes the repository around it for its own", async () => {
    const outer = newFolder();
    askGit(join(outer, ".git"), "init", "--quiet");
    const repository = join(outer, "inner.git");
    mkdirSync(repository);
    expect((await openRepository(repository, "deploy")).created).to.equal(true);
    expect(askGit(repository, "symbolic-ref", "HEAD")).to.equal("refs/heads/deploy");
  });
});
