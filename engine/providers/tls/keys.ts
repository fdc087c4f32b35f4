import { createHash, createPrivateKey, createPublicKey, generateKeyPair } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { PropertyMap } from "../../property/value";
import { openSshPublicKey } from "./openssh";

const generate = promisify(generateKeyPair);

export const algorithms = ["RSA", "ECDSA", "ED25519"] as const;
export type Algorithm = (typeof algorithms)[number];

/** OpenSSL's names of the curves. */
export const curves = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" } as const;
export type Curve = keyof typeof curves;

export function isCurve(name: string): name is Curve {
  return Object.hasOwn(curves, name);
}

/** Makes a private key. RSA keys have the public exponent 65537. */
export async function makeKey(algorithm: Algorithm, rsaBits: number, curve: Curve): Promise<KeyObject> {
  switch (algorithm) {
    case "RSA":
      return (await generate("rsa", { modulusLength: rsaBits })).privateKey;
    case "ECDSA":
      return (await generate("ec", { namedCurve: curves[curve] })).privateKey;
    case "ED25519":
      return (await generate("ed25519")).privateKey;
  }
}

/**
 * Reads a private key in PEM: PKCS#1, SEC 1 or PKCS#8.
 *
 * @param what names the text in the error, which does not hold the text.
 * @throws Error if it is no key, is encrypted, or is of another algorithm than RSA, ECDSA or Ed25519.
 */
export function parseKey(pem: string, what: string): { readonly key: KeyObject; readonly algorithm: Algorithm } {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new Error(`the ${what} is not a private key in PEM that is not encrypted`, { cause: error });
  }
  return { key, algorithm: algorithmOf(key) };
}

export function algorithmOf(key: KeyObject): Algorithm {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return "RSA";
    case "ec":
      return "ECDSA";
    case "ed25519":
      return "ED25519";
    default:
      throw new Error(`keys of type ${key.asymmetricKeyType} are not supported; ${algorithms.join(", ")} are`);
  }
}

/** The curve of an ECDSA key; undefined for other keys and other curves. */
export function curveOf(key: KeyObject): Curve | undefined {
  const name = key.asymmetricKeyDetails?.namedCurve;
  return (Object.keys(curves) as Curve[]).find((curve) => curves[curve] === name);
}

/** The public key as SubjectPublicKeyInfo in DER. */
export function publicKeyInfo(key: KeyObject): Buffer {
  return publicPart(key).export({ format: "der", type: "spki" });
}

export function publicPart(key: KeyObject): KeyObject {
  return key.type === "public" ? key : createPublicKey(key);
}

/** SHA-1 in hex, which the official provider makes ids of. */
export function sha1Hex(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}

/**
 * What is told of a public key: PEM, OpenSSH form and fingerprints. The last three are empty for a key on the curve
 * P-224, which OpenSSH does not know.
 */
export function publicKeyProperties(key: KeyObject): PropertyMap {
  const ssh = openSshPublicKey(publicPart(key));
  const hash = (name: string): Buffer => (ssh === undefined ? Buffer.of() : createHash(name).update(ssh.blob).digest());
  const known = ssh !== undefined;
  return {
    publicKeyPem: publicPart(key).export({ format: "pem", type: "spki" }).toString(),
    publicKeyOpenssh: known ? `${ssh.type} ${ssh.blob.toString("base64")}\n` : "",
    publicKeyFingerprintMd5: known ? (hash("md5").toString("hex").match(/../g) ?? []).join(":") : "",
    publicKeyFingerprintSha256: known ? `SHA256:${hash("sha256").toString("base64").replace(/=+$/, "")}` : "",
  };
}
