import { expect } from "chai";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateSigningKey, readSigningKey } from "../../signing/key";
import { UnusableKey } from "../../signing/unusableKey";
import { askSshKeygen, needsSshKeygen } from "../support/sshKeygen";
import { newFolder, removeFolders } from "../gitops/folders";

const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const pem = (key: { export(options: typeof pkcs8): string | Buffer }) => key.export(pkcs8).toString();

/** The key of RFC 8032, section 7.1, test 1, in PKCS#8. */
const known = [
  "-----BEGIN PRIVATE KEY-----",
  Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    Buffer.from("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "hex"),
  ]).toString("base64"),
  "-----END PRIVATE KEY-----",
  "",
].join("\n");

describe("a signing key", () => {
  after(removeFolders);

  it("signs as RFC 8032 says", () => {
    const key = readSigningKey(known, "known");
    expect(key.publicBlob.subarray(-32).toString("hex")).to.equal(
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    );
    expect(key.sign(Buffer.alloc(0)).toString("hex")).to.equal(
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    );
    expect(key.publicKey).to.match(/^ssh-ed25519 AAAA[A-Za-z0-9+/]+$/);
  });

  it("is read back as it was made, with its comment", () => {
    for (const comment of ["", "edgewave harbours", "x".repeat(100)]) {
      const text = generateSigningKey(comment);
      const key = readSigningKey(text, "made");
      expect(key.comment).to.equal(comment);
      expect(key.publicKey.endsWith(comment)).to.equal(true);
    }
  });

  it("is another one each time it is made", () => {
    expect(generateSigningKey("")).not.to.equal(generateSigningKey(""));
  });

  it("has a public key of one line, whatever its comment holds", () => {
    const key = readSigningKey(generateSigningKey("a\nssh-rsa AAAA b\u0007ß"), "made");
    expect(key.publicKey.split("\n")).to.have.length(1);
    expect(key.comment).to.equal("a ssh-rsa AAAA b");
  });

  it("shows nothing secret when it is printed", () => {
    expect(JSON.stringify(readSigningKey(known, "known"))).not.to.match(/9d61b19d|nWGxne/);
  });

  const secret = "correct horse";
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const made = generateSigningKey("x");
  const lastLine = made.split("\n").at(-3) ?? "";
  const refused: readonly (readonly [string, string, RegExp])[] = [
    [
      "an encrypted PKCS#8 key",
      generateKeyPairSync("ed25519")
        .privateKey.export({ ...pkcs8, cipher: "aes-256-cbc", passphrase: secret })
        .toString(),
      /encrypted with a passphrase.*ssh-keygen -p/,
    ],
    ["an RSA key in PKCS#8", pem(rsa), /of the type rsa.*-t ed25519/],
    ["an RSA key in PKCS#1", rsa.export({ type: "pkcs1", format: "pem" }).toString(), /of the type RSA/],
    ["an X25519 key", pem(generateKeyPairSync("x25519").privateKey), /of the type x25519/],
    ["a public key", readSigningKey(made, "made").publicKey, /is a public key.*private key/],
    ["an empty file", "", /is no private key/],
    ["some text", "hello\n", /is no private key/],
    ["a damaged PKCS#8 key", known.replace("MC4C", "AAAA"), /is damaged/],
    ["a truncated key", made.replace(`${lastLine}\n`, ""), /is damaged/],
    ["an OpenSSH key of nothing", "-----BEGIN OPENSSH PRIVATE KEY-----\n", /is damaged/],
  ];
  for (const [what, text, message] of refused) {
    it(`is not read from ${what}, and the error quotes nothing of it`, () => {
      let error: unknown;
      try {
        readSigningKey(text, "/keys/signing");
      } catch (caught) {
        error = caught;
      }
      expect(error).to.be.instanceOf(UnusableKey);
      expect((error as Error).message)
        .to.match(message)
        .and.include("/keys/signing");
      for (const line of text.split("\n")) {
        if (line.length > 30) expect((error as Error).message).not.to.include(line);
      }
    });
  }

  it("is not read from a file whose halves do not belong together", () => {
    const bytes = (text: string) => Buffer.from(text.split("\n").slice(1, -2).join(""), "base64");
    const own = bytes(made);
    const other = readSigningKey(generateSigningKey("x"), "other").publicBlob.subarray(-32);
    const mine = readSigningKey(made, "made").publicBlob.subarray(-32);
    for (let at = own.indexOf(mine); at !== -1; at = own.indexOf(mine, at + 1)) other.copy(own, at);
    const mixed = `-----BEGIN OPENSSH PRIVATE KEY-----\n${own.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
    expect(() => readSigningKey(mixed, "mixed")).to.throw(UnusableKey, "damaged");
  });

  describe("beside the real ssh-keygen", () => {
    before(function () {
      needsSshKeygen(this);
    });

    it("is what ssh-keygen makes", () => {
      const file = join(newFolder(), "key");
      askSshKeygen("-q", "-t", "ed25519", "-N", "", "-C", "two words", "-f", file);
      const key = readSigningKey(readFileSync(file, "utf8"), file);
      expect(key.publicKey).to.equal(readFileSync(`${file}.pub`, "utf8").trimEnd());
      expect(askSshKeygen("-l", "-f", file)).to.include(key.fingerprint);
    });

    it("is made so that ssh-keygen can use it", () => {
      const file = join(newFolder(), "key");
      writeFileSync(file, generateSigningKey("edgewave harbours"), { mode: 0o600 });
      chmodSync(file, 0o600);
      const key = readSigningKey(readFileSync(file, "utf8"), file);
      expect(askSshKeygen("-y", "-f", file).trimEnd()).to.equal(key.publicKey);
    });

    for (const [what, args, message] of [
      ["an encrypted key", ["-t", "ed25519", "-N", secret], /encrypted/],
      ["an ECDSA key", ["-t", "ecdsa", "-N", ""], /ecdsa-sha2-nistp256/],
      ["an encrypted RSA key, by its type,", ["-t", "rsa", "-N", secret], /ssh-rsa/],
    ] as const) {
      it(`is not read from ${what} of ssh-keygen`, () => {
        const file = join(newFolder(), "key");
        askSshKeygen("-q", ...args, "-f", file);
        expect(() => readSigningKey(readFileSync(file, "utf8"), file)).to.throw(UnusableKey, message);
      });
    }
  });
});
