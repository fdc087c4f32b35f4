import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { Truncated, WireReader } from "./wire";

/** A public key that can verify. */
export interface PublicKey {
  /** As SSH names it, such as `ssh-ed25519`. */
  readonly type: string;
  /** In SSH's encoding. */
  readonly blob: Buffer;
  /** As `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
  /** Whether a signature in SSH's encoding, with its own type in front, is one of this key over the data. */
  readonly verifies: (data: Buffer, signature: Buffer) => boolean;
}

/** A key that cannot be used; `message` says why as the end of a sentence that the key begins. */
export class UnusablePublicKey extends Error {
  override readonly name = "UnusablePublicKey";
}

/** Shorter ones can be factored. Source: NIST SP 800-131A, table 2. */
const leastRsaBits = 2048;

/** Hashes of signatures by RSA; SHA-1's, `ssh-rsa`, is left out. Source: RFC 8332, section 3. */
const rsaHashes: Readonly<Record<string, string>> = { "rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512" };

/** Source: RFC 5656, section 10.1 and 6.2.1. */
const curves: Readonly<Record<string, { readonly crv: string; readonly bytes: number; readonly hash: string }>> = {
  nistp256: { crv: "P-256", bytes: 32, hash: "sha256" },
  nistp384: { crv: "P-384", bytes: 48, hash: "sha384" },
  nistp521: { crv: "P-521", bytes: 66, hash: "sha512" },
};

/** SHA-256 over a key in SSH's encoding, as `ssh-keygen -l` shows it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/**
 * Reads a public key in SSH's encoding: Ed25519, ECDSA on the NIST curves, RSA.
 * @throws UnusablePublicKey for other types, by name, and for what is no key.
 */
export function readPublicKey(blob: Buffer): PublicKey {
  try {
    return read(blob);
  } catch (error) {
    if (error instanceof UnusablePublicKey) throw error;
    // Node's own words for a point that is on no curve and the like say nothing to people.
    throw new UnusablePublicKey("is damaged", { cause: error });
  }
}

function read(blob: Buffer): PublicKey {
  const reader = new WireReader(blob);
  const type = reader.text();
  const key = (verifies: PublicKey["verifies"]): PublicKey => {
    if (reader.rest.length > 0) throw new UnusablePublicKey("is damaged");
    return { type, blob, fingerprint: fingerprintOf(blob), verifies };
  };
  if (type === "ssh-ed25519") {
    const x = reader.string();
    if (x.length !== 32) throw new UnusablePublicKey("is damaged");
    const node = jwk({ kty: "OKP", crv: "Ed25519", x: x.toString("base64url") });
    return key(
      whole((data, signatureType, signature) => signatureType === type && verify(null, data, node, signature)),
    );
  }
  if (type === "ssh-rsa") {
    const [e, n] = [positive(reader.string()), positive(reader.string())];
    const node = jwk({ kty: "RSA", e: e.toString("base64url"), n: n.toString("base64url") });
    const bits = node.asymmetricKeyDetails?.modulusLength ?? 0;
    if (bits < leastRsaBits) throw new UnusablePublicKey(`has ${bits} bits; an RSA key needs ${leastRsaBits}`);
    return key(
      whole((data, signatureType, signature) => {
        const hash = Object.hasOwn(rsaHashes, signatureType) ? rsaHashes[signatureType] : undefined;
        return hash !== undefined && verify(hash, data, node, signature);
      }),
    );
  }
  const curveName = /^ecdsa-sha2-(nistp\d{3})$/.exec(type)?.[1] ?? "";
  const curve = Object.hasOwn(curves, curveName) ? curves[curveName] : undefined;
  if (curve !== undefined) {
    if (reader.text() !== curveName) throw new UnusablePublicKey("is damaged");
    const point = reader.string();
    // Uncompressed; SEC 1, section 2.3.3.
    if (point[0] !== 4 || point.length !== 1 + 2 * curve.bytes) throw new UnusablePublicKey("is damaged");
    const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
    const node = jwk({ kty: "EC", crv: curve.crv, x: x.toString("base64url"), y: y.toString("base64url") });
    return key(
      whole((data, signatureType, signature) => {
        if (signatureType !== type) return false;
        const numbers = new WireReader(signature);
        const [r, s] = [positive(numbers.string()), positive(numbers.string())];
        if (numbers.rest.length > 0 || r.length > curve.bytes || s.length > curve.bytes) return false;
        const fixed = [r, s].map((number) => Buffer.concat([Buffer.alloc(curve.bytes - number.length), number]));
        return verify(curve.hash, data, { key: node, dsaEncoding: "ieee-p1363" }, Buffer.concat(fixed));
      }),
    );
  }
  if (type.startsWith("sk-")) {
    throw new UnusablePublicKey("is on a security key, whose signatures this version cannot verify");
  }
  if (type.includes("-cert-")) throw new UnusablePublicKey("is a certificate; name the key itself");
  const named = /^[\w@.+-]{1,60}$/.test(type) ? `is of the type ${type}` : "is of an unknown type";
  throw new UnusablePublicKey(`${named}; use ssh-ed25519, ecdsa-sha2-nistp256, -nistp384, -nistp521 or ssh-rsa`);
}

function jwk(key: Record<string, string>): KeyObject {
  return createPublicKey({ key, format: "jwk" });
}

/** Takes a signature apart; what is cut short or has something behind it is none. */
function whole(
  verifies: (data: Buffer, signatureType: string, signature: Buffer) => boolean,
): (data: Buffer, signature: Buffer) => boolean {
  return (data, signature) => {
    try {
      const reader = new WireReader(signature);
      const [type, bytes] = [reader.text(), reader.string()];
      return reader.rest.length === 0 && verifies(data, type, bytes);
    } catch (error) {
      if (error instanceof Truncated) return false;
      throw error;
    }
  };
}

/** An SSH number without the zero that keeps it from being negative. Source: RFC 4251, section 5, `mpint`. */
function positive(number: Buffer): Buffer {
  return number[0] === 0 ? number.subarray(1) : number;
}
