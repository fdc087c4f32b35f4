import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { takeOverChanges, type ChangesExchange } from "../../../gitops/changes/exchange";
import { sitesRef, type TakeOver } from "../../../gitops/changes/takeOver";
import { isSignedBy } from "../../../gitops/signing/signedCommit";
import { gitBytes } from "../../../gitops/git/run";
import { signingKeyOfTests } from "../../support/signingKey";
import { askGit, newFolder, removeFolders } from "../folders";

const signer = signingKeyOfTests();
const now = Date.parse("2026-11-28T12:00:00Z");

/** A site's own repository, and the fleet's, in one folder. */
class Two {
  readonly directory = newFolder();
  readonly work = path.join(this.directory, "work");
  readonly fleet = path.join(this.directory, "fleet.git");
  constructor(readonly site = "porto") {
    mkdirSync(this.work);
    this.git("init", "--quiet", "--initial-branch=main");
    this.commit("README.md", "porto\n");
  }

  git(...args: string[]): string {
    const who = ["-c", "user.name=Operator", "-c", "user.email=o@site.invalid"];
    return execFileSync("git", ["-C", this.work, ...who, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  }

  commit(file: string, text: string | undefined, date = "2026-11-28T10:00:00Z"): string {
    const full = path.join(this.work, file);
    mkdirSync(path.dirname(full), { recursive: true });
    if (text === undefined) rmSync(full);
    else writeFileSync(full, text);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "--message", `Set ${file}`, "--date", date);
    return this.git("rev-parse", "HEAD");
  }

  async takeOver(): Promise<TakeOver> {
    const exchange: ChangesExchange = {
      directory: this.directory,
      fleet: undefined,
      siteRemote: () => ({ url: path.join(this.work, ".git") }),
      signer,
      now: () => now,
    };
    return await takeOverChanges(exchange, this.site);
  }

  /** Somebody at the hub changes a file on `sites`. */
  atHub(file: string, text: string): void {
    const clone = newFolder();
    execFileSync("git", ["clone", "--quiet", "--branch=sites", this.fleet, clone]);
    writeFileSync(path.join(clone, this.site, file), text);
    const who = ["-c", "user.name=Hub", "-c", "user.email=h@hub.invalid"];
    execFileSync("git", ["-C", clone, ...who, "commit", "--quiet", "--all", "--message", "At the hub"]);
    execFileSync("git", ["-C", clone, "push", "--quiet", "origin", "HEAD:sites"], { stdio: "ignore" });
  }

  show(what: string): string {
    return askGit(this.fleet, "show", what);
  }
}

const outcomes = ({ changes }: TakeOver) => changes.map(({ outcome }) => outcome);

describe("what a site changed", function () {
  this.timeout(90_000);
  after(removeFolders);

  it("is merged in its order, each change by itself, below the site's folder", async () => {
    const two = new Two();
    two.commit("a.yaml", "one\n");
    two.commit("b/c.yaml", "two\n");
    const { changes } = await two.takeOver();
    expect(changes.map(({ subject }) => subject)).to.deep.equal(["Set README.md", "Set a.yaml", "Set b/c.yaml"]);
    expect(two.show("sites:porto/b/c.yaml")).to.equal("two");
    expect(two.show("sites~1:porto/a.yaml")).to.equal("one");
  });

  it("is taken over once", async () => {
    const two = new Two();
    await two.takeOver();
    expect((await two.takeOver()).changes).to.deep.equal([]);
    two.commit("a.yaml", "one\n");
    expect(outcomes(await two.takeOver())).to.deep.equal(["merged"]);
  });

  it("is signed by the hub at the hub's time, whatever the site's clock says", async () => {
    const two = new Two();
    const commit = two.commit("a.yaml", "one\n", "2027-11-28T10:00:00Z");
    await two.takeOver();
    const content = await gitBytes(two.fleet, ["cat-file", "commit", sitesRef]);
    expect(isSignedBy(content, signer)).to.equal(true);
    expect(askGit(two.fleet, "log", "-1", "--format=%ct", "sites")).to.equal(String(now / 1000));
    expect(askGit(two.fleet, "log", "-1", "--format=%(trailers:key=Site-Commit,valueonly)", "sites").trim()).to.equal(
      commit,
    );
    expect(askGit(two.fleet, "rev-parse", "sites^2")).to.equal(commit);
  });

  it("merges with what the hub changed elsewhere, also in the same file", async () => {
    const two = new Two();
    const lines = ["a: 1", "b: 1", "c: 1", "d: 1", "e: 1", ""];
    two.commit("a.yaml", lines.join("\n"));
    await two.takeOver();
    two.atHub("a.yaml", lines.join("\n").replace("a: 1", "a: hub"));
    two.commit("a.yaml", lines.join("\n").replace("e: 1", "e: site"));
    expect(outcomes(await two.takeOver())).to.deep.equal(["merged"]);
    expect(two.show("sites:porto/a.yaml")).to.equal("a: hub\nb: 1\nc: 1\nd: 1\ne: site");
  });

  it("becomes a branch with the site's version where the hub changed the same, and the hub's stays", async () => {
    const two = new Two();
    two.commit("a.yaml", "one\n");
    await two.takeOver();
    two.atHub("a.yaml", "hub\n");
    const commit = two.commit("a.yaml", "site\n");
    two.commit("b.yaml", "later\n");
    const { changes } = await two.takeOver();
    const branch = `conflicts/porto/${commit.slice(0, 12)}`;
    expect(changes[0]).to.deep.equal({ commit, subject: "Set a.yaml", outcome: "conflict", branch, files: ["a.yaml"] });
    expect(changes[1]?.outcome).to.equal("merged");
    expect([two.show("sites:porto/a.yaml"), two.show(`${branch}:porto/a.yaml`)]).to.deep.equal(["hub", "site"]);
    // A person merges it as it is, without a conflict of Git's.
    expect(askGit(two.fleet, "merge-base", branch, "sites~1")).to.equal(askGit(two.fleet, "rev-parse", "sites~1"));
    expect((await two.takeOver()).changes).to.deep.equal([]);
  });

  it("becomes a branch where one side removed what the other changed", async () => {
    const two = new Two();
    two.commit("a.yaml", "one\n");
    await two.takeOver();
    two.atHub("a.yaml", "hub\n");
    two.commit("a.yaml", undefined);
    expect(outcomes(await two.takeOver())).to.deep.equal(["conflict"]);
  });

  it("leaves other sites' folders alone", async () => {
    const two = new Two();
    await two.takeOver();
    const other = path.join(two.directory, "other");
    execFileSync("git", ["clone", "--quiet", two.work, other]);
    const exchange: ChangesExchange = {
      directory: two.directory,
      fleet: undefined,
      siteRemote: () => ({ url: path.join(other, ".git") }),
      signer,
    };
    await takeOverChanges(exchange, "lisbon");
    two.commit("a.yaml", "one\n");
    await two.takeOver();
    expect(askGit(two.fleet, "ls-tree", "-r", "--name-only", "sites").split("\n")).to.deep.equal([
      "porto/README.md",
      "porto/a.yaml",
    ]);
  });

  it("is nothing for a site that was never heard of", async () => {
    const two = new Two();
    const empty = path.join(two.directory, "empty.git");
    execFileSync("git", ["init", "--quiet", "--bare", empty]);
    const exchange: ChangesExchange = {
      directory: two.directory,
      fleet: undefined,
      siteRemote: () => ({ url: empty }),
      signer,
    };
    expect(await takeOverChanges(exchange, "porto")).to.deep.include({ changes: [], refs: [] });
  });

  for (const [title, make, why] of [
    ["a symbolic link", (work: string) => symlinkSync("/etc/passwd", path.join(work, "link")), "is a symbolic link"],
    [
      "a name that moves a cursor",
      (work: string) => writeFileSync(path.join(work, "a\u001b[2J"), ""),
      "no name that is safe",
    ],
    [
      "a huge file",
      (work: string) => writeFileSync(path.join(work, "big"), Buffer.alloc(2 * 1024 * 1024, 97)),
      "is larger than",
    ],
  ] as const) {
    it(`is refused with ${title}, and stays where it is`, async () => {
      const two = new Two();
      await two.takeOver();
      const before = askGit(two.fleet, "rev-parse", "sites");
      make(two.work);
      two.commit("a.yaml", "one\n");
      const { changes, refs } = await two.takeOver();
      expect(changes[0]).to.deep.include({ outcome: "refused" });
      expect((changes[0] as { why: string }).why).to.include(why);
      expect(refs).to.deep.equal([]);
      expect(askGit(two.fleet, "rev-parse", "sites")).to.equal(before);
    });
  }

  it("is never lost: whatever both sides do, each change is merged or a branch, and the last word of a quiet hub is the site's", async () => {
    const step = fc.record({
      side: fc.constantFrom("site", "site", "hub"),
      file: fc.constantFrom("a", "b"),
      text: fc.constantFrom("1\n", "2\n", "3\n"),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        const two = new Two();
        two.commit("a", "0\n");
        two.commit("b", "0\n");
        await two.takeOver();
        let hubActed = false;
        for (const { side, file, text } of steps) {
          if (side === "site") two.commit(file, text);
          else if (two.show(`sites:porto/${file}`) !== text.trim()) {
            two.atHub(file, text);
            hubActed = true;
          }
          if (text === "3\n") await two.takeOver();
        }
        await two.takeOver();
        const taken = new Set(askGit(two.fleet, "rev-list", "sites", "--branches=conflicts/*").split("\n"));
        for (const commit of two.git("rev-list", "main").split("\n")) expect(taken.has(commit)).to.equal(true);
        if (!hubActed)
          expect(askGit(two.fleet, "rev-parse", "sites:porto")).to.equal(two.git("rev-parse", "main^{tree}"));
        expect((await two.takeOver()).changes).to.deep.equal([]);
      }),
      { numRuns: 4 },
    );
  });
});
