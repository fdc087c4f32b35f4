import { sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { bitString, objectIdentifier, sequence } from "./der";
import { algorithmOf, curveOf } from "./keys";

/** How a key signs: the digest and the algorithm identifier, as Go's crypto/x509 chooses them. */
interface Scheme {
  readonly digest: string | null;
  readonly identifier: Buffer;
}

const nothing = Buffer.of(5, 0);

/** A signed structure (RFC 5280, 4.1.1): what is signed, the algorithm, and the signature. */
export function signed(content: Buffer, key: KeyObject): Buffer {
  const { digest, identifier } = schemeOf(key);
  return sequence(content, identifier, bitString(sign(digest, content, key)));
}

/** The algorithm identifier that `signed` will write, for structures that hold it twice. */
export function signatureAlgorithm(key: KeyObject): Buffer {
  return schemeOf(key).identifier;
}

function schemeOf(key: KeyObject): Scheme {
  switch (algorithmOf(key)) {
    case "RSA":
      return { digest: "sha256", identifier: sequence(objectIdentifier("1.2.840.113549.1.1.11"), nothing) };
    case "ED25519":
      return { digest: null, identifier: sequence(objectIdentifier("1.3.101.112")) };
    case "ECDSA":
      return ecdsaScheme(key);
  }
}

function ecdsaScheme(key: KeyObject): Scheme {
  switch (curveOf(key)) {
    case "P224":
    case "P256":
      return { digest: "sha256", identifier: sequence(objectIdentifier("1.2.840.10045.4.3.2")) };
    case "P384":
      return { digest: "sha384", identifier: sequence(objectIdentifier("1.2.840.10045.4.3.3")) };
    case "P521":
      return { digest: "sha512", identifier: sequence(objectIdentifier("1.2.840.10045.4.3.4")) };
    case undefined:
      throw new Error("the key lies on a curve that is not supported; P224, P256, P384 and P521 are");
  }
}
