import { isList, isMap } from "../../property/shape";
import type { PropertyValue } from "../../property/value";
import type { Attribute, Attributes } from "../bridge/resource";
import { der, directoryString, dottedForm, objectIdentifier, readDer, sequence, setOf, tags } from "./der";

/** Parts of a distinguished name in the order that Go's crypto/x509 (1.26) writes them. */
const parts = [
  ["country", "2.5.4.6"],
  ["province", "2.5.4.8"],
  ["locality", "2.5.4.7"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
] as const;
const emailAddress = "1.2.840.113549.1.9.1";

const optional: Attribute = { kind: "string", role: "optional" };
const fields: Attributes = {
  ...Object.fromEntries(parts.map(([name]) => [name, optional])),
  emailAddress: optional,
  streetAddresses: { kind: "strings", role: "optional", terraformName: "street_address" },
};

/** The `subject` of certificates and requests. */
export const subjectAttribute: Attribute = { kind: "block", role: "optional", attributes: fields };

/** A subject as a distinguished name in DER. */
export function distinguishedName(subject: PropertyValue | undefined): Buffer {
  if (!isMap(subject)) return sequence();
  const names = parts.flatMap(([name, type]) => {
    const value = subject[name] ?? null;
    const texts = isList(value) ? value.map(String) : value === null || value === "" ? [] : [String(value)];
    return texts.length === 0 ? [] : [setOf(texts.map((text) => attribute(type, directoryString(text))))];
  });
  const email = subject["emailAddress"] ?? null;
  if (email !== null) names.push(setOf([attribute(emailAddress, der(tags.ia5String, Buffer.from(String(email))))]));
  return sequence(...names);
}

/**
 * A request's name as a certificate gets it: the parts that Go's crypto/x509 knows, in its order. Others, such as an
 * email address, are left out, as the official provider does.
 */
export function certifiedName(name: Buffer): Buffer {
  const [content] = readDer(name);
  const found = new Map<string, Buffer[]>();
  for (const relative of readDer(content?.content ?? Buffer.of())) {
    for (const member of readDer(relative.content)) {
      const [type, value] = readDer(member.content);
      if (type === undefined || value === undefined) continue;
      const dotted = dottedForm(type.content);
      found.set(dotted, [...(found.get(dotted) ?? []), directoryString(textOf(value.tag, value.content))]);
    }
  }
  return sequence(
    ...parts.flatMap(([part, type]) => {
      const values = found.get(type) ?? [];
      const counted = part === "commonName" || part === "serialNumber" ? values.slice(-1) : values;
      return counted.length === 0 ? [] : [setOf(counted.map((value) => attribute(type, value)))];
    }),
  );
}

function attribute(type: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(type), value);
}

function textOf(tag: number, content: Buffer): string {
  // BMPString is UTF-16; the others are ASCII or UTF-8.
  return tag === 0x1e ? Buffer.from(content).swap16().toString("utf16le") : content.toString("utf8");
}
