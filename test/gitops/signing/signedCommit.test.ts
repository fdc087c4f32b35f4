import { expect } from "chai";
import fc from "fast-check";
import { isSigned, isSignedBy, signedCommit } from "../../../gitops/signing/signedCommit";
import { generateSigningKey, readSigningKey } from "../../../signing/key";

const key = readSigningKey(generateSigningKey("one"), "one");
const other = readSigningKey(generateSigningKey("other"), "other");

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
