import { createHash, createPublicKey, randomBytes, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isList } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import type { Attributes, Made } from "../bridge/resource";
import type { CheckFailure } from "../provider";
import {
  bitString,
  der,
  dottedForm,
  integer,
  objectIdentifier,
  octetString,
  readDer,
  sequence,
  tags,
  time,
} from "./der";
import { algorithmOf, publicKeyInfo } from "./keys";
import { toPem } from "./pem";
import { signatureAlgorithm, signed } from "./sign";
import { extendedUsages, keyUsages, usageNames } from "./usages";

const identifiers = {
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKey: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** What both kinds of certificates take and give. */
export const certificateAttributes: Attributes = {
  validityPeriodHours: { kind: "integer", role: "required" },
  allowedUses: { kind: "strings", role: "required" },
  earlyRenewalHours: { kind: "integer", role: "optional", default: 0, replaces: () => false },
  isCaCertificate: { kind: "boolean", role: "optional", default: false },
  maxPathLength: { kind: "integer", role: "optional", keepsOld: true },
  setSubjectKeyId: { kind: "boolean", role: "optional", default: false },
  certPem: { kind: "string", role: "computed" },
  readyForRenewal: { kind: "boolean", role: "computed" },
  validityStartTime: { kind: "string", role: "computed" },
  validityEndTime: { kind: "string", role: "computed" },
};

/** Who signs a certificate. */
export interface Issuer {
  /** Distinguished name in DER. */
  readonly name: Buffer;
  readonly key: KeyObject;
  /** Empty if the issuer's certificate has none. */
  readonly subjectKeyId: Buffer;
}

/** For whom a certificate is. */
export interface Holder {
  /** Distinguished name in DER. */
  readonly name: Buffer;
  readonly publicKey: KeyObject;
  /** General names in DER, one after the other. */
  readonly alternativeNames: Buffer;
}

/** Finds settings that no certificate can have. */
export function certificateFailures(inputs: PropertyMap): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  const uses = isList(inputs["allowedUses"]) ? inputs["allowedUses"] : [];
  uses.forEach((use, at) => {
    if (typeof use !== "string" || usageNames.includes(use)) return;
    const reason = `${JSON.stringify(use)} is not a use; there are ${usageNames.join(", ")}`;
    failures.push({ property: `allowedUses[${at}]`, reason });
  });
  for (const property of ["validityPeriodHours", "earlyRenewalHours"]) {
    if (Number(inputs[property] ?? 0) < 0) failures.push({ property, reason: "must not be negative" });
  }
  const length = Number(inputs["maxPathLength"] ?? -1);
  if (length < -1) failures.push({ property: "maxPathLength", reason: "must be at least -1" });
  else if (length > 0 && inputs["isCaCertificate"] !== true) {
    failures.push({ property: "maxPathLength", reason: "is only for a certificate with isCaCertificate" });
  }
  return failures;
}

/**
 * Makes a certificate of X.509 version 3, with the extensions and in the order of Go's crypto/x509.
 *
 * @param issuer who signs, or the holder's own private key for a self-signed certificate.
 * @param start when it becomes valid.
 * @throws Error if an authority key id is wanted, but there is none.
 */
export function makeCertificate(settings: PropertyMap, holder: Holder, issuer: Issuer | KeyObject, start: Date): Made {
  const subjectKeyId =
    settings["isCaCertificate"] === true || settings["setSubjectKeyId"] === true
      ? subjectKeyIdOf(holder.publicKey)
      : Buffer.of();
  const own = !("name" in issuer);
  const signer = own ? issuer : issuer.key;
  const issuerName = own ? holder.name : issuer.name;
  const authorityKeyId = own
    ? settings["setAuthorityKeyId"] === true
      ? subjectKeyId
      : Buffer.of()
    : issuerName.equals(holder.name)
      ? Buffer.of()
      : issuer.subjectKeyId;
  if (own && settings["setAuthorityKeyId"] === true && subjectKeyId.length === 0) {
    throw new Error("setAuthorityKeyId needs setSubjectKeyId or isCaCertificate: there is no key id to refer to");
  }

  const end = new Date(start.getTime() + Number(settings["validityPeriodHours"]) * 3_600_000);
  const serial = serialNumber();
  const content = sequence(
    der(0xa0, integer(2n)),
    integer(serial),
    signatureAlgorithm(signer),
    issuerName,
    sequence(time(start), time(end)),
    holder.name,
    publicKeyInfo(holder.publicKey),
    der(0xa3, sequence(...extensions(settings, holder, subjectKeyId, authorityKeyId))),
  );
  const computed = {
    certPem: toPem("CERTIFICATE", signed(content, signer)),
    validityStartTime: start.toISOString(),
    validityEndTime: end.toISOString(),
  };
  return { id: serial.toString(), computed: { ...computed, readyForRenewal: false } };
}

/** The subject, the key and the key id of a certificate in PEM, as its signer's. */
export function parseIssuer(pem: string, key: KeyObject): { readonly issuer: Issuer; readonly isAuthority: boolean } {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (error) {
    throw new Error("caCertPem is not a certificate in PEM", { cause: error });
  }
  if (
    !publicKeyInfo(createPublicKey(certificate.publicKey.export({ format: "pem", type: "spki" }))).equals(
      publicKeyInfo(key),
    )
  ) {
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

/** A subject alternative name extension. Empty if there are no names. */
export function alternativeNameExtension(names: Buffer, critical: boolean): readonly Buffer[] {
  return names.length === 0 ? [] : [extension(identifiers.alternativeName, critical, sequence(names))];
}

/** The general names in the extensions of a request. */
export function alternativeNamesOf(extensionList: Buffer): Buffer {
  const value = extensionValue(extensionList, identifiers.alternativeName);
  return value === undefined ? Buffer.of() : (readDer(value)[0]?.content ?? Buffer.of());
}

function extensions(settings: PropertyMap, holder: Holder, subjectKeyId: Buffer, authorityKeyId: Buffer): Buffer[] {
  const names = isList(settings["allowedUses"]) ? settings["allowedUses"].map(String) : [];
  const usage = keyUsages(names);
  const extended = extendedUsages(names);
  const list: Buffer[] = [];
  if (usage !== undefined) list.push(extension(identifiers.keyUsage, true, bitString(usage.bytes, usage.unused)));
  if (extended.length > 0) {
    list.push(extension(identifiers.extendedKeyUsage, false, sequence(...extended.map(objectIdentifier))));
  }
  list.push(extension(identifiers.basicConstraints, true, basicConstraints(settings)));
  if (subjectKeyId.length > 0) list.push(extension(identifiers.subjectKey, false, octetString(subjectKeyId)));
  if (authorityKeyId.length > 0) {
    list.push(extension(identifiers.authorityKey, false, sequence(der(0x80, authorityKeyId))));
  }
  // Without a subject the alternative names are all there is, and critical (RFC 5280, 4.2.1.6).
  const nameless = readDer(holder.name)[0]?.content.length === 0;
  return [...list, ...alternativeNameExtension(holder.alternativeNames, nameless)];
}

/** A path length of 0 is left out, as the official provider does: it does not tell it from none. */
function basicConstraints(settings: PropertyMap): Buffer {
  if (settings["isCaCertificate"] !== true) return sequence();
  const length = Number(settings["maxPathLength"] ?? -1);
  const authority = der(tags.boolean, Buffer.of(0xff));
  return length > 0 ? sequence(authority, integer(BigInt(length))) : sequence(authority);
}

function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  const mark = critical ? [der(tags.boolean, Buffer.of(0xff))] : [];
  return sequence(objectIdentifier(identifier), ...mark, octetString(value));
}

function extensionValue(list: Buffer, identifier: string): Buffer | undefined {
  for (const { content } of readDer(list)) {
    const [type, ...rest] = readDer(content);
    if (type !== undefined && dottedForm(type.content) === identifier) return rest.at(-1)?.content;
  }
  return undefined;
}

/** SHA-1 of the public key, without its algorithm; an Ed25519 key counts with an octet string's tag and length. */
function subjectKeyIdOf(key: KeyObject): Buffer {
  const [, bits] = readDer(readDer(publicKeyInfo(key))[0]?.content ?? Buffer.of());
  const bytes = bits?.content.subarray(1) ?? Buffer.of();
  return createHash("sha1")
    .update(algorithmOf(key) === "ED25519" ? octetString(bytes) : bytes)
    .digest();
}

/** A random number of up to 128 bits that is not zero. */
function serialNumber(): bigint {
  const drawn = BigInt(`0x${randomBytes(16).toString("hex")}`);
  return drawn === 0n ? serialNumber() : drawn;
}
