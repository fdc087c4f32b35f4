import { expect } from "chai";
import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateSigningKey, readSigningKey } from "../../signing/key";
import { signSsh, verifySsh } from "../../signing/sshsig";
import { askSshKeygen, needsSshKeygen } from "../support/sshKeygen";
import { newFolder, removeFolders } from "../gitops/folders";

const key = readSigningKey(generateSigningKey("one"), "one");
const other = readSigningKey(generateSigningKey("other"), "other");
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe("an SSH signature", () => {
  after(removeFolders);

  it("is the same for the same payload and key, and good for nothing else", () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (payload, different) => {
        const signature = signSsh(payload, key, "git");
        expect(signSsh(payload, key, "git")).to.equal(signature);
        expect(verifySsh(payload, signature, key.publicBlob, "git")).to.equal(true);
        expect(verifySsh(payload, signature, other.publicBlob, "git")).to.equal(false);
        if (!different.equals(payload)) expect(verifySsh(different, signature, key.publicBlob, "git")).to.equal(false);
      }),
    );
  });

  it("is not good any more after any byte of it has changed", () => {
    const payload = Buffer.from("payload");
    const lines = signSsh(payload, key, "git").trimEnd().split("\n");
    const bytes = Buffer.from(lines.slice(1, -1).join(""), "base64");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const text = [lines[0], changed.toString("base64"), lines.at(-1), ""].join("\n");
      expect(verifySsh(payload, text, key.publicBlob, "git"), `byte ${index}`).to.equal(false);
    }
  });

  it("is refused where it is cut short, empty, or something else, without an error", () => {
    const payload = Buffer.from("payload");
    const signature = signSsh(payload, key, "git");
    for (const text of ["", "hello", signature.slice(0, 90), signature.replaceAll("SSH", "PGP")]) {
      expect(verifySsh(payload, text, key.publicBlob, "git")).to.equal(false);
    }
    const bytes = Buffer.from(signature.split("\n").slice(1, -2).join(""), "base64");
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString("base64");
      const text = `-----BEGIN SSH SIGNATURE-----\n${cut}\n-----END SSH SIGNATURE-----\n`;
      expect(verifySsh(payload, text, key.publicBlob, "git"), `${length} bytes`).to.equal(false);
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
        expect(signSsh(Buffer.from(text), signer, "git")).to.equal(readFileSync(`${payload}.sig`, "utf8"));
      }
    });
  });
});
