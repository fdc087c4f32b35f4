import { expect } from "chai";
import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateSigningKey, readSigningKey } from "../../../gitops/signing/key";
import { signSsh, verifySsh } from "../../../gitops/signing/sshsig";
import { isSigned, isSignedBy, signedCommit } from "../../../gitops/signing/signedCommit";
import { askSshKeygen, needsSshKeygen } from "../../support/sshKeygen";
import { newFolder, removeFolders } from "../folders";

const key = readSigningKey(generateSigningKey("one"), "one");
const other = readSigningKey(generateSigningKey("other"), "other");
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe("an SSH signature", () => {
  after(removeFolders);

  it("is the same for the same payload and key, and good for nothing else", () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (payload, different) => {
        const signature = signSsh(payload, key);
        expect(signSsh(payload, key)).to.equal(signature);
        expect(verifySsh(payload, signature, key.publicBlob)).to.equal(true);
        expect(verifySsh(payload, signature, other.publicBlob)).to.equal(false);
        if (!different.equals(payload)) expect(verifySsh(different, signature, key.publicBlob)).to.equal(false);
      }),
    );
  });

  it("is not good any more after any byte of it has changed", () => {
    const payload = Buffer.from("payload");
    const lines = signSsh(payload, key).trimEnd().split("\n");
    const bytes = Buffer.from(lines.slice(1, -1).join(""), "base64");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const text = [lines[0], changed.toString("base64"), lines.at(-1), ""].join("\n");
      expect(verifySsh(payload, text, key.publicBlob), `byte ${index}`).to.equal(false);
    }
  });

  it("is refused where it is cut short, empty, or something else, without an error", () => {
    const payload = Buffer.from("payload");
    const signature = signSsh(payload, key);
    for (const text of ["", "hello", signature.slice(0, 90), signature.replaceAll("SSH", "PGP")]) {
      expect(verifySsh(payload, text, key.publicBlob)).to.equal(false);
    }
    const bytes = Buffer.from(signature.split("\n").slice(1, -2).join(""), "base64");
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString("base64");
      const text = `-----BEGIN SSH SIGNATURE-----\n${cut}\n-----END SSH SIGNATURE-----\n`;
      expect(verifySsh(payload, text, key.publicBlob), `${length} bytes`).to.equal(false);
    }
  });

  describe("beside the real ssh-keygen", () => {
    before(function () {
      needsSshKeygen(this);
    });

    it("has the very bytes that ssh-keygen -Y sign gives", () => {
      const file = join(newFolder(), "key");
      askSshKeygen("-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file);
      const signer = readSigningKey(readFileSync(file, "utf8"), file);
      for (const [index, text] of ["", "a", "größe\n", "x".repeat(100_000)].entries()) {
        const payload = `${file}-${index}`;
        writeFileSync(payload, text);
        askSshKeygen("-Y", "sign", "-n", "git", "-f", file, payload);
        expect(signSsh(Buffer.from(text), signer)).to.equal(readFileSync(`${payload}.sig`, "utf8"));
      }
    });
  });
});

describe("a signed commit", () => {
  const commit = (message: string, more = "") =>
    Buffer.from(`tree ${"a".repeat(40)}\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n${more}\n${message}`);

  it("is signed by its key and by no other, whatever its message is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (message) => {
        const signed = signedCommit(commit(message), key);
        expect(isSignedBy(signed, key)).to.equal(true);
        expect(isSignedBy(signed, other)).to.equal(false);
        expect(isSigned(commit(message))).to.equal(false);
      }),
    );
  });

  it("has its signature as the last header and is otherwise what it was", () => {
    const text = signedCommit(commit("message\n"), key).toString();
    expect(text.replace(/gpgsig (.*\n )*.*\n/, "")).to.equal(commit("message\n").toString());
    expect(text.indexOf("gpgsig ")).to.be.greaterThan(text.indexOf("committer "));
  });

  it("is not trusted any more when its message or tree was changed", () => {
    const text = signedCommit(commit("message\n"), key).toString();
    for (const changed of [text.replace("message", "Message"), text.replace("tree a", "tree b")]) {
      expect(isSignedBy(Buffer.from(changed), key)).to.equal(false);
    }
  });

  it("is not mistaken for one by a message that looks like a signature", () => {
    const header = signedCommit(commit("m"), key).toString().split("\n").slice(3).join("\n");
    expect(isSigned(commit(`\n${header}`))).to.equal(false);
    expect(isSignedBy(commit(`\n${header}`), key)).to.equal(false);
  });

  it("is signed, but not by the key, where the signature is OpenPGP's", () => {
    const pgp = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----\n";
    expect(isSigned(commit("m", pgp))).to.equal(true);
    expect(isSignedBy(commit("m", pgp), key)).to.equal(false);
  });
});
