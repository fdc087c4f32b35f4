import { createHash, createPublicKey, verify } from "node:crypto";
import { armored, unarmored } from "./armor";
import type { SigningKey } from "./key";
import { ed25519 } from "./opensshKey";
import { sshString, Truncated, uint32, WireReader } from "./wire";

// Source: PROTOCOL.sshsig of OpenSSH.
const label = "SSH SIGNATURE";
const magic = Buffer.from("SSHSIG");
const version = 1;
/** Keeps a signature over a commit from passing for one over anything else; Git's is fixed. */
const namespace = "git";
const hash = "sha512";

/** Signs as `ssh-keygen -Y sign -n git` does, to the same bytes. @returns the armoured signature, ending in a newline */
export function signSsh(payload: Buffer, key: SigningKey): string {
  const signature = Buffer.concat([sshString(ed25519), sshString(key.sign(signedData(payload)))]);
  return armored(
    label,
    Buffer.concat([
      magic,
      uint32(version),
      sshString(key.publicBlob),
      sshString(namespace),
      sshString(""),
      sshString(hash),
      sshString(signature),
    ]),
  );
}

/** Whether an armoured signature is over this payload and by this key, given in SSH's encoding. */
export function verifySsh(payload: Buffer, signature: string, publicBlob: Buffer): boolean {
  const bytes = unarmored(label, signature);
  if (bytes === undefined) return false;
  try {
    const reader = new WireReader(bytes);
    const framed = reader.take(magic.length).equals(magic) && reader.uint32() === version;
    const byKey = reader.string().equals(publicBlob);
    const inNamespace = reader.text() === namespace && reader.string().length === 0 && reader.text() === hash;
    const inner = new WireReader(reader.string());
    if (!framed || !byKey || !inNamespace || inner.text() !== ed25519) return false;
    return verify(null, signedData(payload), keyOf(publicBlob), inner.string());
  } catch (error) {
    if (error instanceof Truncated) return false;
    throw error;
  }
}

function signedData(payload: Buffer): Buffer {
  const digest = createHash(hash).update(payload).digest();
  return Buffer.concat([magic, sshString(namespace), sshString(""), sshString(hash), sshString(digest)]);
}

function keyOf(publicBlob: Buffer) {
  const reader = new WireReader(publicBlob);
  reader.string();
  return createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: reader.string().toString("base64url") },
    format: "jwk",
  });
}
