import { createHash, X509Certificate } from "node:crypto";

import type { PropertyMap } from "../../property/value";
import { dottedForm, readDer } from "./der";
import type { DerValue } from "./der";
import { extensionValue, identifiers } from "./extensions";
import { goName } from "./goName";
import { sha1Hex } from "./keys";
import { toPem } from "./pem";

/** Go's names of signature algorithms, by their identifiers; see `signatureAlgorithmDetails` of its crypto/x509. */
const signatures: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.4": "MD5-RSA",
  "1.2.840.113549.1.1.5": "SHA1-RSA",
  "1.3.14.3.2.29": "SHA1-RSA",
  "1.2.840.113549.1.1.11": "SHA256-RSA",
  "1.2.840.113549.1.1.12": "SHA384-RSA",
  "1.2.840.113549.1.1.13": "SHA512-RSA",
  "1.2.840.10040.4.3": "DSA-SHA1",
  "2.16.840.1.101.3.4.3.2": "DSA-SHA256",
  "1.2.840.10045.4.1": "ECDSA-SHA1",
  "1.2.840.10045.4.3.2": "ECDSA-SHA256",
  "1.2.840.10045.4.3.3": "ECDSA-SHA384",
  "1.2.840.10045.4.3.4": "ECDSA-SHA512",
  "1.3.101.112": "Ed25519",
};

const rsaPss = "1.2.840.113549.1.1.10";

/** Hashes that RSA-PSS may name in its parameters. */
const pssHashes: Readonly<Record<string, string>> = {
  "2.16.840.1.101.3.4.2.1": "SHA256-RSAPSS",
  "2.16.840.1.101.3.4.2.2": "SHA384-RSAPSS",
  "2.16.840.1.101.3.4.2.3": "SHA512-RSAPSS",
};

/** What Go calls an algorithm that it does not know: the number of the unknown one. */
const unknown = "0";

/**
 * What the official provider tells of a certificate; see `certificateToStruct` of terraform-provider-tls.
 *
 * @param raw in DER.
 * @throws Error if it is no certificate.
 */
export function describe(raw: Buffer): PropertyMap {
  const certificate = new X509Certificate(raw);
  const [whole] = readDer(certificate.raw);
  const [content, algorithm] = readDer(whole?.content ?? Buffer.of());
  const fields = readDer(content?.content ?? Buffer.of());
  const shift = fields[0]?.tag === 0xa0 ? 1 : 0;
  const version = shift === 1 ? Number(readDer(fields[0]?.content ?? Buffer.of())[0]?.content[0] ?? 0) + 1 : 1;
  const at = (index: number): DerValue | undefined => fields[index + shift];
  const constraints = basicConstraints(fields);
  return {
    signatureAlgorithm: signatureName(algorithm),
    publicKeyAlgorithm: publicKeyName(certificate),
    serialNumber: serialOf(at(0)),
    isCa: constraints.isCa,
    maxPathLength: constraints.maxPathLength,
    version,
    issuer: goName(at(2)?.raw ?? Buffer.of()),
    subject: goName(at(4)?.raw ?? Buffer.of()),
    notBefore: rfc3339(certificate.validFrom),
    notAfter: rfc3339(certificate.validTo),
    sha1Fingerprint: sha1Hex(certificate.raw),
    certPem: toPem("CERTIFICATE", certificate.raw),
  };
}

function signatureName(algorithm: DerValue | undefined): string {
  const [type, parameters] = readDer(algorithm?.content ?? Buffer.of());
  const name = dottedForm(type?.content ?? Buffer.of());
  if (name !== rsaPss) return signatures[name] ?? unknown;
  // The hash is the first of the parameters, in a field of its own.
  const [hash] = readDer(readDer(parameters?.content ?? Buffer.of())[0]?.content ?? Buffer.of());
  const [identifier] = readDer(hash?.content ?? Buffer.of());
  return pssHashes[dottedForm(identifier?.content ?? Buffer.of())] ?? unknown;
}

function publicKeyName({ publicKey }: X509Certificate): string {
  const names: Readonly<Record<string, string>> = { rsa: "RSA", dsa: "DSA", ec: "ECDSA", ed25519: "Ed25519" };
  return names[publicKey.asymmetricKeyType ?? ""] ?? unknown;
}

function serialOf(value: DerValue | undefined): string {
  const bytes = value?.content ?? Buffer.of(0);
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString("hex") || "0"}`)).toString();
}

/** The length is -1 where the extension names none, and 0 where there is no extension at all. */
function basicConstraints(fields: readonly DerValue[]): { readonly isCa: boolean; readonly maxPathLength: number } {
  const list = readDer(fields.find((field) => field.tag === 0xa3)?.content ?? Buffer.of())[0]?.content;
  const value = list === undefined ? undefined : extensionValue(list, identifiers.basicConstraints);
  if (value === undefined) return { isCa: false, maxPathLength: 0 };
  const parts = readDer(readDer(value)[0]?.content ?? Buffer.of());
  const isCa = parts[0]?.tag === 0x01 && parts[0].content[0] !== 0;
  const length = parts.find((part) => part.tag === 0x02)?.content;
  return { isCa, maxPathLength: length === undefined ? -1 : Number(`0x${length.toString("hex")}`) };
}

/** To the second, as certificates have it. */
function rfc3339(text: string): string {
  return new Date(text).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The id of the official provider: SHA-1 over the certificates as Go prints them. */
export function idOf(certificates: readonly PropertyMap[]): string {
  const shown = certificates.map((certificate) => {
    const values = Object.values(certificate).map((value) =>
      typeof value === "string" ? JSON.stringify(value) : String(value),
    );
    return `{${values.join(" ")}}`;
  });
  return createHash("sha1")
    .update(`[${shown.join(" ")}]`)
    .digest("hex");
}
