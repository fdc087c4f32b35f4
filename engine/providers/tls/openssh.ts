import { createPublicKey, randomBytes } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";
import { fromPem, toPem } from "./pem";

const label = "OPENSSH PRIVATE KEY";
const magic = Buffer.from("openssh-key-v1\0", "latin1");

/** OpenSSH's names of curves, by those of JSON Web Keys. P-224 has none. */
const curveNames: Readonly<Record<string, string>> = { "P-256": "nistp256", "P-384": "nistp384", "P-521": "nistp521" };

/** A public key in SSH's wire form (RFC 4253, 5656, 8709). */
export interface SshPublicKey {
  readonly type: string;
  readonly blob: Buffer;
}

/** The key as SSH writes it; undefined if SSH has no form for it. */
export function openSshPublicKey(key: KeyObject): SshPublicKey | undefined {
  const jwk = jwkOf(key);
  if (jwk === undefined) return undefined;
  const type = typeOf(jwk);
  return type === undefined ? undefined : { type, blob: Buffer.concat([text(type), ...publicFields(jwk)]) };
}

/**
 * An unencrypted private key in OpenSSH's own format (PROTOCOL.key), without a comment. Empty if SSH has no form for
 * the key.
 */
export function openSshPrivateKey(key: KeyObject): string {
  const jwk = jwkOf(key);
  const type = jwk === undefined ? undefined : typeOf(jwk);
  if (jwk === undefined || type === undefined) return "";
  const blob = Buffer.concat([text(type), ...publicFields(jwk)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([check, check, text(type), ...privateFields(jwk), text("")]);
  // The block of the cipher `none` is 8 bytes; padding counts up from 1.
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
  const count = Buffer.of(0, 0, 0, 1);
  return toPem(
    label,
    Buffer.concat([
      magic,
      text("none"),
      text("none"),
      text(""),
      count,
      field(blob),
      field(Buffer.concat([secret, padding])),
    ]),
  );
}

/**
 * The public key in a private key of OpenSSH's format; it lies there in clear.
 *
 * @throws Error if the text is no such key or of a type that is not supported.
 */
export function publicKeyOfOpenSsh(pem: string): KeyObject {
  const bytes = fromPem(pem, [label], "OpenSSH private key");
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new Error("the OpenSSH private key is not of version 1");
  // Cipher, key derivation, its options and the number of keys stand before the public key.
  const header = readFields(bytes.subarray(magic.length), 3);
  const [blob] = readFields(header.rest.subarray(4), 1).fields;
  const [type = Buffer.of()] = readFields(blob ?? Buffer.of(), 1).fields;
  return createPublicKey({ format: "jwk", key: jwkOfBlob(type.toString("latin1"), blob ?? Buffer.of()) });
}

function jwkOfBlob(type: string, blob: Buffer): JsonWebKey {
  const parts = readFields(blob, type === "ssh-ed25519" ? 2 : 3).fields.slice(1);
  const [first = Buffer.of(), second = Buffer.of()] = parts;
  if (type === "ssh-ed25519") return { kty: "OKP", crv: "Ed25519", x: first.toString("base64url") };
  if (type === "ssh-rsa") {
    return { kty: "RSA", e: unsigned(first).toString("base64url"), n: unsigned(second).toString("base64url") };
  }
  const curve = Object.entries(curveNames).find(([, name]) => type === `ecdsa-sha2-${name}`)?.[0];
  if (curve === undefined) throw new Error(`OpenSSH keys of type ${JSON.stringify(type)} are not supported`);
  const half = (second.length - 1) / 2;
  const [x, y] = [second.subarray(1, 1 + half), second.subarray(1 + half)];
  return { kty: "EC", crv: curve, x: x.toString("base64url"), y: y.toString("base64url") };
}

function jwkOf(key: KeyObject): JsonWebKey | undefined {
  // Node has no JSON Web Key for P-224, and neither has SSH a form.
  if (key.asymmetricKeyDetails?.namedCurve === "secp224r1") return undefined;
  return key.export({ format: "jwk" });
}

function typeOf(jwk: JsonWebKey): string | undefined {
  if (jwk.kty === "RSA") return "ssh-rsa";
  if (jwk.kty === "OKP") return "ssh-ed25519";
  const curve = curveNames[jwk.crv ?? ""];
  return curve === undefined ? undefined : `ecdsa-sha2-${curve}`;
}

function publicFields(jwk: JsonWebKey): Buffer[] {
  if (jwk.kty === "RSA") return [number(jwk.e), number(jwk.n)];
  if (jwk.kty === "OKP") return [field(bytesOf(jwk.x))];
  return [text(curveNames[jwk.crv ?? ""] ?? ""), field(point(jwk))];
}

function privateFields(jwk: JsonWebKey): Buffer[] {
  if (jwk.kty === "RSA") return [jwk.n, jwk.e, jwk.d, jwk.qi, jwk.p, jwk.q].map(number);
  if (jwk.kty === "OKP") return [field(bytesOf(jwk.x)), field(Buffer.concat([bytesOf(jwk.d), bytesOf(jwk.x)]))];
  return [...publicFields(jwk), number(jwk.d)];
}

function point(jwk: JsonWebKey): Buffer {
  return Buffer.concat([Buffer.of(4), bytesOf(jwk.x), bytesOf(jwk.y)]);
}

function bytesOf(base64url: string | undefined): Buffer {
  return Buffer.from(base64url ?? "", "base64url");
}

function field(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function text(value: string): Buffer {
  return field(Buffer.from(value, "latin1"));
}

/** A positive number: no more leading zeros than its sign needs. */
function number(base64url: string | undefined): Buffer {
  const bytes = unsigned(bytesOf(base64url));
  return field((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

function unsigned(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start === -1 ? Buffer.of() : bytes.subarray(start);
}

function readFields(bytes: Buffer, count: number): { readonly fields: readonly Buffer[]; readonly rest: Buffer } {
  const fields: Buffer[] = [];
  let rest = bytes;
  for (let read = 0; read < count; read++) {
    const end = rest.length < 4 ? Infinity : 4 + rest.readUInt32BE(0);
    if (end > rest.length) throw new Error("the OpenSSH key ends within a field");
    fields.push(rest.subarray(4, end));
    rest = rest.subarray(end);
  }
  return { fields, rest };
}
