import { expect } from "chai";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findSigningKey } from "../../cli/signingKey";
import { publishRelease } from "../../gitops/publish";
import { generateSigningKey, readSigningKey } from "../../signing/key";
import { publication } from "../gitops/folders";
import { withFolder } from "../support/edgewave";
import { userErrorOf } from "../support/userError";

describe("the key that signs releases", () => {
  it("is made once, for its owner alone, and found again", () =>
    withFolder(async (folder) => {
      const out = path.join(folder, "harbours");
      const made = await findSigningKey(undefined, folder, out);
      expect(made).to.include({ generated: true, file: path.join(out, "signing-key") });
      expect(statSync(made.file).mode & 0o777).to.equal(0o600);
      expect(made.key.comment).to.equal("edgewave harbours");
      const found = await findSigningKey("", folder, out);
      expect(found.generated).to.equal(false);
      expect(found.key.publicKey).to.equal(made.key.publicKey);
    }));

  it("is one key when two commands make it in the same moment", () =>
    withFolder(async (out) => {
      const found = await Promise.all([findSigningKey(undefined, out, out), findSigningKey(undefined, out, out)]);
      expect(found[0].key.publicKey).to.equal(found[1].key.publicKey);
    }));

  it("has its public half and a file of allowed signers beside it, which are put back", () =>
    withFolder(async (out) => {
      const { key, file } = await findSigningKey(undefined, out, out);
      for (let time = 0; time < 2; time += 1) {
        expect(readFileSync(`${file}.pub`, "utf8")).to.equal(`${key.publicKey}\n`);
        expect(readFileSync(path.join(out, "allowed_signers"), "utf8")).to.equal(
          `release@edgewave.invalid namespaces="git" ${key.publicKey}\n`,
        );
        writeFileSync(`${file}.pub`, "something else");
        writeFileSync(path.join(out, "allowed_signers"), "somebody else");
        await findSigningKey(undefined, out, out);
      }
    }));

  it("is the named one, relative to where the command runs, and then none is made", () =>
    withFolder(async (folder) => {
      const out = path.join(folder, "out");
      const text = generateSigningKey("mine");
      writeFileSync(path.join(folder, "mine"), text);
      const found = await findSigningKey("mine", folder, out);
      expect(found).to.include({ file: path.join(folder, "mine"), generated: false });
      expect(found.key.publicKey).to.equal(readSigningKey(text, "mine").publicKey);
      expect(readFileSync(path.join(out, "allowed_signers"), "utf8")).to.include(found.key.publicKey);
      expect(existsSync(path.join(out, "signing-key"))).to.equal(false);
      expect(existsSync(path.join(folder, "mine.pub"))).to.equal(false);
    }));

  it("is not made instead of a named one that cannot be read", () =>
    withFolder(async (out) => {
      const failure = await userErrorOf(findSigningKey("gone", out, out));
      expect(failure.code).to.equal("EDGE-CLI-012");
      expect(failure.message).to.contain(path.join(out, "gone"));
      expect(existsSync(path.join(out, "signing-key"))).to.equal(false);
    }));

  it("is refused, with what to do, where the file holds no key that can sign", () =>
    withFolder(async (out) => {
      writeFileSync(path.join(out, "signing-key"), "not a key");
      const failure = await userErrorOf(findSigningKey(undefined, out, out));
      expect(failure.code).to.equal("EDGE-CLI-013");
      expect(failure.exit).to.equal(2);
      expect(failure.hint).to.contain("ssh-keygen -t ed25519");
      expect(readFileSync(path.join(out, "signing-key"), "utf8")).to.equal("not a key");
    }));

  it("is not made where commits are signed by one that is gone, but is where none is", () =>
    withFolder(async (out) => {
      const directory = path.join(out, "git");
      await publishRelease(publication(directory, 1));
      const { key, file } = await findSigningKey(undefined, out, path.join(out, "other"));
      await publishRelease({ ...publication(directory, 1), signer: key });
      const failure = await userErrorOf(findSigningKey(undefined, out, out));
      expect(failure.code).to.equal("EDGE-CLI-014");
      expect(failure.message).to.contain(path.join(directory, "fleet.git"));
      expect(failure.hint).to.contain("--signing-key");
      expect(existsSync(path.join(out, "signing-key"))).to.equal(false);
      expect((await findSigningKey(file, out, out)).key.publicKey).to.equal(key.publicKey);
    }));
});
