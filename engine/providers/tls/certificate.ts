import { createHash, randomBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isList } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import type { Attributes, Made } from "../bridge/resource";
import type { CheckFailure } from "../provider";
import { bitString, der, integer, objectIdentifier, octetString, readDer, sequence, tags, time } from "./der";
import { alternativeNameExtension, extension, identifiers } from "./extensions";
import type { Issuer } from "./issuer";
import { algorithmOf, publicKeyInfo } from "./keys";
import { toPem } from "./pem";
import { signatureAlgorithm, signed } from "./sign";
import { extendedUsages, keyUsages, usageNames } from "./usages";

/** What both kinds of certificates take and give. */
export const certificateAttributes: Attributes = {
  validityPeriodHours: { kind: "integer", role: "required" },
  allowedUses: { kind: "strings", role: "required" },
  earlyRenewalHours: { kind: "integer", role: "optional", default: 0, replaces: () => false },
  isCaCertificate: { kind: "boolean", role: "optional", default: false },
  maxPathLength: { kind: "integer", role: "optional", keepsOld: true },
  setSubjectKeyId: { kind: "boolean", role: "optional", default: false },
  certPem: { kind: "string", role: "computed" },
  readyForRenewal: { kind: "boolean", role: "computed", planned: false },
  validityStartTime: { kind: "string", role: "computed" },
  validityEndTime: { kind: "string", role: "computed" },
};

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
