import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { link, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { ifThere } from "./ifThere";

const derive = promisify(pbkdf2);

/**
 * The encryption salt that all stacks of a fleet share, from `<out>/encryptionsalt`; it is made there if it is missing.
 * One salt means that a process derives the key once, not once a stack. The passphrase alone protects the secrets; a
 * salt only keeps keys from being computed in advance.
 */
export async function fleetSalt(outputDirectory: string, passphrase: string): Promise<string> {
  const file = join(outputDirectory, "encryptionsalt");
  const known = await readSalt(file);
  if (known !== undefined) return known;
  const draft = join(outputDirectory, `.encryptionsalt-${randomBytes(8).toString("hex")}`);
  await writeFile(draft, `${await newSalt(passphrase)}\n`, { mode: 0o600 });
  try {
    // A link appears whole or not at all, and only the first one: all workers go on with the same salt.
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
  const salt = await readSalt(file);
  if (salt === undefined) throw new Error(`${file} vanished while it was made`);
  return salt;
}

async function readSalt(file: string): Promise<string | undefined> {
  return (await ifThere(() => readFile(file, "utf8")))?.trim();
}

/**
 * A salt as Pulumi's passphrase provider keeps it: `v1:<salt>:v1:<nonce>:<ciphertext of "pulumi">`, all base64, with
 * PBKDF2-SHA256 of 1,000,000 rounds and AES-256-GCM (pulumi/pulumi, sdk/go/common/resource/config/crypt.go).
 */
async function newSalt(passphrase: string): Promise<string> {
  const salt = randomBytes(8);
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", await derive(passphrase, salt, 1_000_000, 32, "sha256"), nonce);
  const sealed = Buffer.concat([cipher.update("pulumi", "utf8"), cipher.final(), cipher.getAuthTag()]);
  return ["v1", salt.toString("base64"), "v1", nonce.toString("base64"), sealed.toString("base64")].join(":");
}

/** The passphrase as Pulumi finds it in an environment. @throws Error if there is none. */
export async function passphraseOf(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
  if (passphrase !== undefined) return passphrase;
  if (file !== undefined) return (await readFile(file, "utf8")).trim();
  throw new Error("there is no passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE");
}
