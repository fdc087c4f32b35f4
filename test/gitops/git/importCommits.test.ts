import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { importCommits } from "../../../gitops/git/importCommits";
import { openRepository } from "../../../gitops/git/repository";
import { GitFailed } from "../../../gitops/git/run";
import { generateSigningKey, readSigningKey } from "../../../signing/key";
import { isSignedBy } from "../../../gitops/signing/signedCommit";
import { askGit, newFolder, removeFolders } from "../folders";

describe("importCommits", () => {
  let repository: string;
  beforeEach(async () => {
    repository = join(newFolder(), "import.git");
    await openRepository(repository, "main");
  });
  after(removeFolders);

  const draft = (parent: string | number | undefined, text: string) => ({
    parent,
    date: 1_762_041_600,
    message: "Subject\n\nRelease: 1",
    files: [["folder/file.yaml", text]] as const,
  });

  it("writes a commit with its whole tree, date, identity and message", async () => {
    const [commit = ""] = await importCommits(repository, [draft(undefined, "größe: 1\n")]);
    expect(askGit(repository, "show", `${commit}:folder/file.yaml`)).to.equal("größe: 1");
    expect(askGit(repository, "log", "-1", "--format=%an <%ae> %at %ct %cd|%B", "--date=iso", commit)).to.equal(
      "edgewave <release@edgewave.invalid> 1762041600 1762041600 2025-11-02 00:00:00 +0000|Subject\n\nRelease: 1",
    );
    expect(askGit(repository, "fsck", "--strict")).not.to.match(/error|warning/);
  });

  it("gives equal drafts equal ids, in any repository", async () => {
    const other = join(newFolder(), "other.git");
    await openRepository(other, "main");
    expect(await importCommits(repository, [draft(undefined, "a")])).to.deep.equal(
      await importCommits(other, [draft(undefined, "a")]),
    );
  });

  it("chains drafts of one call, and goes on from a commit that is there", async () => {
    const [first = "", second = ""] = await importCommits(repository, [draft(undefined, "a"), draft(0, "b")]);
    const [third = ""] = await importCommits(repository, [draft(second, "c")]);
    expect(askGit(repository, "rev-list", third).split("\n")).to.deep.equal([third, second, first]);
  });

  it("does not let a root commit go on from the draft before it", async () => {
    const [, second = ""] = await importCommits(repository, [draft(undefined, "a"), draft(undefined, "b")]);
    expect(askGit(repository, "rev-list", "--count", second)).to.equal("1");
  });

  it("touches no ref", async () => {
    await importCommits(repository, [draft(undefined, "a")]);
    expect(askGit(repository, "for-each-ref")).to.equal("");
  });

  it("says which command failed, with its exit code and what it said, and leaves nothing to follow", async () => {
    const error = await importCommits(repository, [draft("f".repeat(40), "a")]).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(GitFailed);
    const failed = error as GitFailed;
    expect(failed.command).to.include("index-pack");
    expect(failed.exitCode).to.equal(128);
    expect(failed.stderrTail).to.match(/did not receive expected object f{40}/);
    expect(askGit(repository, "for-each-ref")).to.equal("");
    expect(askGit(repository, "count-objects", "-v")).to.include("in-pack: 0");
  });

  it("keeps Git's own reason when Git stops reading in the middle of a large pack", async () => {
    const random = Array.from(
      { length: 40 },
      (_, index) => [`${index}`, randomBytes(1 << 19).toString("hex")] as const,
    );
    rmSync(join(repository, "objects"), { recursive: true });
    const error = await importCommits(repository, [{ ...draft(undefined, "a"), files: random }]).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).to.be.instanceOf(GitFailed);
    expect((error as GitFailed).exitCode).to.equal(128);
    expect((error as GitFailed).stderrTail).to.match(/fatal: /);
  });

  it("writes nothing when the files break off", async () => {
    const broken = {
      ...draft(undefined, "a"),
      files: (function* () {
        yield ["a.yaml", "a"] as const;
        throw new Error("the renderer broke");
      })(),
    };
    const error = await importCommits(repository, [broken]).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(String((error as Error).message)).to.include("the renderer broke");
    expect(askGit(repository, "for-each-ref")).to.equal("");
    expect(askGit(repository, "count-objects", "-v")).to.include("in-pack: 0");
  });

  it("writes files of every length at which the form of a pack changes", async () => {
    const lengths = [0, 1, 15, 16, 2047, 2048, 262_143, 262_144, 300_000];
    const files = lengths.map((length) => [`${length}.yaml`, "y".repeat(length)] as const);
    const [commit = ""] = await importCommits(repository, [{ ...draft(undefined, ""), files }]);
    for (const length of lengths) {
      expect(askGit(repository, "cat-file", "-s", `${commit}:${length}.yaml`)).to.equal(String(length));
    }
    expect(askGit(repository, "fsck", "--strict")).not.to.match(/error|warning/);
  });

  it("signs every commit of a call, and a signature changes nothing else", async () => {
    const signer = readSigningKey(generateSigningKey("test"), "key");
    const drafts = [draft(undefined, "a"), draft(0, "b")];
    const [, plain = ""] = await importCommits(repository, drafts);
    const [, signed = ""] = await importCommits(repository, drafts, { signer });
    const shown = (commit: string) => askGit(repository, "show", "--format=%T %an %at %B", commit);
    expect(shown(signed)).to.equal(shown(plain));
    for (const commit of [signed, `${signed}^`]) {
      const content = Buffer.from(`${askGit(repository, "cat-file", "commit", commit)}\n`);
      expect(isSignedBy(content, signer), commit).to.equal(true);
    }
    expect(askGit(repository, "fsck", "--strict")).not.to.match(/error|warning/);
  });
});
