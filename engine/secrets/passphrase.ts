import { createCipheriv, createDecipheriv, createHash, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

import { EngineError } from "../errors";

/**
 * Pulumi's passphrase secrets: a key by PBKDF2-SHA256 from the passphrase and an 8 byte salt, 1,000,000 rounds;
 * AES-256-GCM with a 12 byte nonce; texts as `v1:NONCE:CIPHERTEXT` and a salt line `v1:SALT:v1:NONCE:CIPHERTEXT`, whose
 * plain text is `pulumi`, so that a wrong passphrase is noticed. All parts are base64.
 *
 * Source: `sdk/go/common/resource/config/crypt.go` and `pkg/secrets/passphrase/manager.go` of pulumi/pulumi.
 */
const ROUNDS = 1_000_000;
const KEY_BYTES = 32;
const SALT_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PROOF = "pulumi";

const derive = promisify(pbkdf2);

// One salt serves many stacks of a fleet, and the rounds cost most of a second.
const keys = new Map<string, Promise<Buffer>>();

/** Encrypts and decrypts with one key. */
export class Crypter {
  constructor(private readonly key: Buffer) {}

  encrypt(plaintext: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce);
    const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }

  /** @throws if the text was not made with this key or is damaged. */
  decrypt(ciphertext: string): string {
    const [version, nonce, sealed, ...more] = ciphertext.split(":");
    if (version !== "v1" || nonce === undefined || sealed === undefined || more.length > 0) {
      throw new EngineError("a secret is not in the form v1:NONCE:CIPHERTEXT");
    }
    const bytes = Buffer.from(sealed, "base64");
    if (bytes.length < TAG_BYTES) {
      throw new EngineError("a secret is too short to be genuine");
    }
    const decipher = createDecipheriv("aes-256-gcm", this.key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    try {
      const head = decipher.update(bytes.subarray(0, bytes.length - TAG_BYTES));
      return Buffer.concat([head, decipher.final()]).toString("utf8");
    } catch (cause) {
      throw new EngineError("a secret cannot be decrypted: another passphrase or salt, or a damaged state", { cause });
    }
  }
}

/**
 * The crypter of a salt line.
 *
 * @throws if the salt line is malformed or the passphrase is not the one that it was made with.
 */
export async function crypterOf(passphrase: string, saltLine: string): Promise<Crypter> {
  const [version, salt, ...proof] = saltLine.split(":");
  if (version !== "v1" || salt === undefined || proof.length !== 3) {
    throw new EngineError("malformed state string: the encryption salt is not in the form v1:SALT:v1:NONCE:CIPHERTEXT");
  }
  const crypter = new Crypter(await keyOf(passphrase, Buffer.from(salt, "base64")));
  let plain: string | undefined;
  try {
    plain = crypter.decrypt(proof.join(":"));
  } catch (cause) {
    throw new EngineError("incorrect passphrase", { cause });
  }
  if (plain !== PROOF) {
    throw new EngineError("incorrect passphrase");
  }
  return crypter;
}

/** A new salt line for a passphrase. */
export async function newSaltLine(passphrase: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const crypter = new Crypter(await keyOf(passphrase, salt));
  return `v1:${salt.toString("base64")}:${crypter.encrypt(PROOF)}`;
}

function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const id = createHash("sha256").update(salt).update(passphrase, "utf8").digest("base64");
  let key = keys.get(id);
  if (key === undefined) {
    key = derive(passphrase, salt, ROUNDS, KEY_BYTES, "sha256");
    keys.set(id, key);
  }
  return key;
}
