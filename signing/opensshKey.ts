import { UnusableKey } from "./unusableKey";
import { armored, unarmored } from "./armor";
import { sshString, Truncated, uint32, WireReader } from "./wire";

/** The key type that edgewave signs with. */
export const ed25519 = "ssh-ed25519";

/** An Ed25519 key in its parts (RFC 8032): 32 bytes that are secret and 32 that are not. */
export interface Ed25519Parts {
  readonly seed: Buffer;
  readonly publicKey: Buffer;
  readonly comment: string;
}

const label = "OPENSSH PRIVATE KEY";
const magic = Buffer.from("openssh-key-v1\0");
/** Block of the cipher `none`, to which the secret part is filled up. */
const block = 8;

export function isOpenSshKey(text: string): boolean {
  return text.trimStart().startsWith(`-----BEGIN ${label}-----`);
}

/**
 * Reads a private key as ssh-keygen writes it. Source: PROTOCOL.key of OpenSSH.
 * @param where names the key to people, such as its file.
 * @throws UnusableKey if it is encrypted, of another type, or damaged
 */
export function readOpenSshKey(text: string, where: string): Ed25519Parts {
  const bytes = unarmored(label, text);
  if (bytes === undefined || !bytes.subarray(0, magic.length).equals(magic)) throw UnusableKey.damaged(where);
  try {
    return readParts(new WireReader(bytes.subarray(magic.length)), where);
  } catch (error) {
    throw error instanceof Truncated ? UnusableKey.damaged(where) : error;
  }
}

function readParts(outer: WireReader, where: string): Ed25519Parts {
  const cipher = outer.text();
  outer.text();
  outer.string();
  if (outer.uint32() !== 1) throw UnusableKey.damaged(where);
  const blob = outer.string();
  // The type is in clear also where the rest is not, and comes first: decrypting an RSA key would not help.
  const type = new WireReader(blob).text();
  if (type !== ed25519) throw UnusableKey.otherType(where, type);
  if (cipher !== "none") throw UnusableKey.encrypted(where);
  const inner = new WireReader(outer.string());
  const checks = [inner.uint32(), inner.uint32()];
  const innerType = inner.text();
  const publicKey = inner.string();
  const secret = inner.string();
  const comment = inner.text();
  const sound =
    checks[0] === checks[1] &&
    innerType === ed25519 &&
    secret.length === 64 &&
    secret.subarray(32).equals(publicKey) &&
    publicBlob(publicKey).equals(blob);
  if (!sound) throw UnusableKey.damaged(where);
  return { seed: secret.subarray(0, 32), publicKey, comment };
}

/** Writes a private key in the form that `ssh-keygen` and `ssh-add` read, without a passphrase. */
export function writeOpenSshKey({ seed, publicKey, comment }: Ed25519Parts): string {
  // The two check numbers show a wrong passphrase; where there is none they may be anything, as long as they agree.
  const inner = Buffer.concat([
    uint32(0),
    uint32(0),
    sshString(ed25519),
    sshString(publicKey),
    sshString(Buffer.concat([seed, publicKey])),
    sshString(comment),
  ]);
  const padding = Buffer.from(
    Array.from({ length: (block - (inner.length % block)) % block }, (_, index) => index + 1),
  );
  return armored(
    label,
    Buffer.concat([
      magic,
      sshString("none"),
      sshString("none"),
      sshString(""),
      uint32(1),
      sshString(publicBlob(publicKey)),
      sshString(Buffer.concat([inner, padding])),
    ]),
  );
}

/** A public key in SSH's encoding. Source: RFC 8709, section 4. */
export function publicBlob(publicKey: Buffer): Buffer {
  return Buffer.concat([sshString(ed25519), sshString(publicKey)]);
}
