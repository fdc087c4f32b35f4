import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeployBranchPromoter } from "../../gitops/promoter";
import { publishRelease } from "../../gitops/publish";
import { generateSigningKey, readSigningKey, type SigningKey } from "../../signing/key";
import { isSignedBy } from "../../gitops/signing/signedCommit";
import { allowedSigners, findSignedRepository } from "../../gitops/signing/signers";
import { needsSshKeygen, verifyCommit } from "../support/sshKeygen";
import { allRefs, askGit, newFolder, publication, removeFolders } from "./folders";

const repositories = ["fleet.git", "deploy/porto.git", "deploy/site-1.git"];
const signer = readSigningKey(generateSigningKey("one"), "one");
const other = readSigningKey(generateSigningKey("other"), "other");

describe("publishRelease with a signer", () => {
  let directory: string;
  beforeEach(() => {
    directory = newFolder();
  });
  after(removeFolders);

  const publish = (by?: SigningKey, folder = directory) =>
    publishRelease({ ...publication(folder, 2), ...(by === undefined ? {} : { signer: by }) });
  const heads = (): readonly (readonly [string, string])[] =>
    repositories.flatMap((name) => {
      const refs = askGit(join(directory, name), "for-each-ref", "--format=%(refname)").split("\n");
      return refs.map((ref) => [name, ref] as const);
    });
  const signedBy = (key: SigningKey) =>
    heads().filter(([name, ref]) =>
      isSignedBy(Buffer.from(`${askGit(join(directory, name), "cat-file", "commit", ref)}\n`), key),
    );

  it("signs the head of every branch, the empty deploy too", async () => {
    await publish(signer);
    expect(signedBy(signer)).to.deep.equal(heads());
    expect(heads()).to.have.length(6);
  });

  it("gives the same commits wherever it is done, and others for another key", async () => {
    const [same, different] = [newFolder(), newFolder()];
    await publish(signer);
    await publish(signer, same);
    await publish(other, different);
    expect(allRefs(same, repositories)).to.deep.equal(allRefs(directory, repositories));
    expect(allRefs(different, repositories)).not.to.deep.equal(allRefs(directory, repositories));
  });

  it("makes no commit the second time, and not one object, also without the key", async () => {
    await publish(signer);
    const state = () => repositories.map((name) => askGit(join(directory, name), "count-objects", "-v"));
    const before = [state(), allRefs(directory, repositories)];
    for (const by of [signer, undefined]) {
      const again = await publish(by);
      expect([again.fleet, ...again.sites].map(({ moved }) => moved)).to.deep.equal([false, false, false]);
      expect([state(), allRefs(directory, repositories)]).to.deep.equal(before);
    }
  });

  for (const [what, first] of [
    ["unsigned", undefined],
    ["signed by another key", other],
  ] as const) {
    it(`signs anew what is ${what}, once, with the same content`, async () => {
      const before = await publish(first);
      const trees = () => repositories.map((name) => askGit(join(directory, name), "for-each-ref", "--format=%(tree)"));
      const content = trees();
      const after_ = await publish(signer);
      expect([after_.fleet, ...after_.sites].map(({ moved }) => moved)).to.deep.equal([true, true, true]);
      expect(after_.fleet.commit).not.to.equal(before.fleet.commit);
      expect(trees()).to.deep.equal(content);
      expect(signedBy(signer)).to.deep.equal(heads());
      expect((await publish(signer)).sites.map(({ moved }) => moved)).to.deep.equal([false, false]);
    });
  }

  it("leaves a promoted deploy to the promoter, however it is signed", async () => {
    await publish(other);
    const promoter = new DeployBranchPromoter(directory);
    const { to } = await promoter.promote("porto", "2026.11.0");
    await publish(signer);
    expect((await promoter.current("porto")).commit).to.equal(to);
    expect(await promoter.promote("porto", "2026.11.0")).to.include({ from: to, moved: true });
    expect(signedBy(signer)).to.deep.equal(heads());
  });

  it("completes what was interrupted after any step, also where another key had signed", async () => {
    for (const first of [undefined, other]) {
      const clean = newFolder();
      if (first !== undefined) await publish(first, clean);
      let steps = 0;
      await publishRelease({ ...publication(clean, 2), signer, onProgress: () => (steps += 1) });
      const expected = allRefs(clean, repositories);
      expect(steps).to.be.greaterThan(6);
      for (let broken = 1; broken <= steps; broken += 1) {
        const folder = newFolder();
        if (first !== undefined) await publish(first, folder);
        let step = 0;
        const onProgress = () => {
          step += 1;
          if (step >= broken) throw new Error("interrupted");
        };
        const error = await publishRelease({ ...publication(folder, 2), signer, onProgress }).catch(String);
        expect(error, `step ${broken}`).to.include("interrupted");
        await publish(signer, folder);
        expect(allRefs(folder, repositories), `step ${broken}`).to.deep.equal(expected);
      }
    }
  }).timeout(240_000);

  it("leaves whole repositories", async () => {
    await publish(other);
    await publish(signer);
    for (const name of repositories) {
      expect(askGit(join(directory, name), "fsck", "--strict", "--full"), name).not.to.match(/error|warning|missing/);
    }
  });

  it("tells whether anything was ever signed", async () => {
    expect(await findSignedRepository(directory)).to.equal(undefined);
    await publish();
    expect(await findSignedRepository(directory)).to.equal(undefined);
    await publish(signer);
    expect(await findSignedRepository(directory)).to.equal(join(directory, "fleet.git"));
  });

  describe("beside the real git verify-commit", () => {
    before(function () {
      needsSshKeygen(this);
    });

    it("makes heads that verify by the key that signed, and by no other", async () => {
      await publish(signer);
      const trusted = join(newFolder(), "allowed_signers");
      const wrong = join(newFolder(), "allowed_signers");
      writeFileSync(trusted, allowedSigners(signer));
      writeFileSync(wrong, allowedSigners(other));
      for (const [name, ref] of heads()) {
        verifyCommit(join(directory, name), trusted, ref);
        expect(() => verifyCommit(join(directory, name), wrong, ref), `${name} ${ref}`).to.throw(
          /No principal matched/,
        );
      }
    });

    it("makes no head that verifies without a signer", async () => {
      await publish();
      const trusted = join(newFolder(), "allowed_signers");
      writeFileSync(trusted, allowedSigners(signer));
      for (const [name, ref] of heads()) expect(() => verifyCommit(join(directory, name), trusted, ref)).to.throw();
    });
  });
});
