import { createHash } from "node:crypto";
import { armored, unarmored } from "./armor";
import type { SigningKey } from "./key";
import { ed25519 } from "./opensshKey";
import { type PublicKey, readPublicKey, UnusablePublicKey } from "./publicKey";
import { sshString, Truncated, uint32, WireReader } from "./wire";

// Source: PROTOCOL.sshsig of OpenSSH.
const label = "SSH SIGNATURE";
const magic = Buffer.from("SSHSIG");
const version = 1;
/** With which we sign. */
const ownHash = "sha512";
const hashes: readonly string[] = ["sha256", "sha512"];
/** A signature by the longest usual RSA key has less than 4 KiB. */
const longest = 65_536;

/**
 * Signs as `ssh-keygen -Y sign -n NAMESPACE` does, to the same bytes.
 * @param namespace keeps a signature over one kind of thing from passing for one over another.
 * @returns the armoured signature, ending in a newline
 */
export function signSsh(payload: Buffer, key: SigningKey, namespace: string): string {
  const signature = Buffer.concat([sshString(ed25519), sshString(key.sign(signedData(payload, namespace, ownHash)))]);
  return armored(
    label,
    Buffer.concat([
      magic,
      uint32(version),
      sshString(key.publicBlob),
      sshString(namespace),
      sshString(""),
      sshString(ownHash),
      sshString(signature),
    ]),
  );
}

/** A signature in its parts, not yet verified. */
export interface SshSignature {
  /** That it says it is by, in SSH's encoding. */
  readonly publicBlob: Buffer;
  readonly namespace: string;
  readonly hash: string;
  /** In SSH's encoding, with its type. */
  readonly signature: Buffer;
}

/** Takes an armoured signature apart; undefined if it is none. */
export function readSshSignature(text: string): SshSignature | undefined {
  const bytes = text.length > longest ? undefined : unarmored(label, text);
  if (bytes === undefined) return undefined;
  try {
    const reader = new WireReader(bytes);
    if (!reader.take(magic.length).equals(magic) || reader.uint32() !== version) return undefined;
    const publicBlob = reader.string();
    const namespace = reader.text();
    const reserved = reader.string();
    const hash = reader.text();
    const signature = reader.string();
    const sound = reserved.length === 0 && hashes.includes(hash) && reader.rest.length === 0;
    return sound ? { publicBlob, namespace, hash, signature } : undefined;
  } catch (error) {
    if (error instanceof Truncated) return undefined;
    throw error;
  }
}

/** Whether a signature is over this payload, in its own namespace, by the key. */
export function isSignatureOver(
  payload: Buffer,
  { namespace, hash, signature }: SshSignature,
  key: PublicKey,
): boolean {
  return key.verifies(signedData(payload, namespace, hash), signature);
}

/** Whether an armoured signature is over this payload, in the namespace, and by this key, given in SSH's encoding. */
export function verifySsh(payload: Buffer, text: string, publicBlob: Buffer, namespace: string): boolean {
  const signature = readSshSignature(text);
  if (signature === undefined || !signature.publicBlob.equals(publicBlob) || signature.namespace !== namespace) {
    return false;
  }
  try {
    return isSignatureOver(payload, signature, readPublicKey(publicBlob));
  } catch (error) {
    if (error instanceof UnusablePublicKey) return false;
    throw error;
  }
}

function signedData(payload: Buffer, namespace: string, hash: string): Buffer {
  const digest = createHash(hash).update(payload).digest();
  return Buffer.concat([magic, sshString(namespace), sshString(""), sshString(hash), sshString(digest)]);
}
