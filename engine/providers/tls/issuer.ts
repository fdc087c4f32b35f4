import { X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readDer } from "./der";
import { extensionValue, identifiers } from "./extensions";
import { publicKeyInfo } from "./keys";

/** Who signs a certificate. */
export interface Issuer {
  /** Distinguished name in DER. */
  readonly name: Buffer;
  readonly key: KeyObject;
  /** Empty if the issuer's certificate has none. */
  readonly subjectKeyId: Buffer;
}

/** The subject, the key and the key id of a certificate in PEM, as its signer's. */
export function parseIssuer(pem: string, key: KeyObject): { readonly issuer: Issuer; readonly isAuthority: boolean } {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    throw new Error("caCertPem is not a certificate in PEM", { cause: error });
  }
  if (!publicKeyInfo(certificate.publicKey).equals(publicKeyInfo(key))) {
    throw new Error("caPrivateKeyPem is not the key of caCertPem");
  }
  const [whole] = readDer(certificate.raw);
  const [content] = readDer(whole?.content ?? Buffer.of());
  const fields = readDer(content?.content ?? Buffer.of());
  // The version is the only optional field before the subject.
  const subject = fields[fields[0]?.tag === 0xa0 ? 5 : 4];
  if (subject === undefined) throw new Error("caCertPem has no subject");
  const found = readDer(fields.find((field) => field.tag === 0xa3)?.content ?? Buffer.of());
  const keyId = extensionValue(found[0]?.content ?? Buffer.of(), identifiers.subjectKey);
  const subjectKeyId = keyId === undefined ? Buffer.of() : (readDer(keyId)[0]?.content ?? Buffer.of());
  return { issuer: { name: subject.raw, key, subjectKeyId }, isAuthority: certificate.ca };
}
