import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { ed25519, isOpenSshKey, publicBlob, readOpenSshKey, writeOpenSshKey } from "./opensshKey";
import { fingerprintOf } from "./publicKey";
import { UnusableKey } from "./unusableKey";

/** An Ed25519 key that signs; the same bytes always get the same signature (RFC 8032). */
export class SigningKey {
  /** In SSH's encoding. */
  readonly publicBlob: Buffer;
  /** Without a line break; empty if the key has none. */
  readonly comment: string;
  readonly #key: KeyObject;

  constructor(key: KeyObject, comment: string) {
    this.#key = key;
    this.publicBlob = publicBlob(rawPublic(key));
    this.comment = oneLine(comment);
  }

  /** As in an `authorized_keys` file: `ssh-ed25519 AAAA... comment`. */
  get publicKey(): string {
    return [ed25519, this.publicBlob.toString("base64"), this.comment].filter((part) => part !== "").join(" ");
  }

  /** As `ssh-keygen -l` shows it. */
  get fingerprint(): string {
    return fingerprintOf(this.publicBlob);
  }

  /** 64 bytes. */
  sign(message: Buffer): Buffer {
    return sign(null, message, this.#key);
  }
}

/** DER of a PKCS#8 Ed25519 private key up to the 32 bytes of the key itself. Source: RFC 8410, section 7. */
const pkcs8Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Reads an Ed25519 private key without a passphrase, as ssh-keygen writes it or in PKCS#8 PEM.
 * @param where names the key to people, such as its file.
 * @throws UnusableKey with what to do if it is encrypted, of another type, a public key, damaged, or no key at all
 */
export function readSigningKey(text: string, where: string): SigningKey {
  if (isOpenSshKey(text)) {
    const { seed, publicKey, comment } = readOpenSshKey(text, where);
    const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: "der", type: "pkcs8" });
    // A file whose halves do not belong together would sign what nobody can verify.
    if (!rawPublic(key).equals(publicKey)) throw UnusableKey.damaged(where);
    return new SigningKey(key, comment);
  }
  const label = /^\s*-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(text)?.[1];
  if (label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type: 4,ENCRYPTED/m.test(text)) throw UnusableKey.encrypted(where);
  if (label === "PRIVATE KEY") return new SigningKey(pkcs8Key(text, where), "");
  if (label?.endsWith(" PRIVATE KEY") === true) throw UnusableKey.otherType(where, label.replace(" PRIVATE KEY", ""));
  if (/^\s*(ssh|ecdsa|sk)-[\w@.-]+ /.test(text) || label?.includes("PUBLIC KEY") === true) {
    throw new UnusableKey(
      where,
      "is a public key",
      "Name the private key that belongs to it; it has no .pub at its end.",
    );
  }
  throw new UnusableKey(
    where,
    "is no private key in OpenSSH or PKCS#8 PEM form",
    "Make one with: ssh-keygen -t ed25519 -N '' -f FILE",
  );
}

/** Makes a key. @returns it in OpenSSH's form, to be kept secret. */
export function generateSigningKey(comment: string): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { d = "" } = privateKey.export({ format: "jwk" });
  return writeOpenSshKey({ seed: Buffer.from(d, "base64url"), publicKey: rawPublic(privateKey), comment });
}

function pkcs8Key(text: string, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    // OpenSSL's reason is not kept: it says nothing to people, and a key's file is not to be quoted.
    throw UnusableKey.damaged(where);
  }
  if (key.asymmetricKeyType !== "ed25519") throw UnusableKey.otherType(where, key.asymmetricKeyType ?? "");
  return key;
}

function rawPublic(key: KeyObject): Buffer {
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.from(x, "base64url");
}

/** A comment becomes part of lines that others read, so that it may hold neither a line break nor a control character. */
function oneLine(comment: string): string {
  return comment.replace(/[^\x20-\x7e]+/g, " ").trim();
}
