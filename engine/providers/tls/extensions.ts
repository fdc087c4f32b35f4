import { der, dottedForm, objectIdentifier, octetString, readDer, sequence, tags } from "./der";

/** Identifiers of the extensions of RFC 5280, 4.2.1, that certificates of this provider have. */
export const identifiers = {
  subjectKey: "2.5.29.14",
  keyUsage: "2.5.29.15",
  alternativeName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKey: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
} as const;

/** An extension with its value in DER. */
export function extension(identifier: string, critical: boolean, value: Buffer): Buffer {
  const mark = critical ? [der(tags.boolean, Buffer.of(0xff))] : [];
  return sequence(objectIdentifier(identifier), ...mark, octetString(value));
}

/** The value of the extension with this identifier in a list of extensions. */
export function extensionValue(list: Buffer, identifier: string): Buffer | undefined {
  for (const { content } of readDer(list)) {
    const [type, ...rest] = readDer(content);
    if (type !== undefined && dottedForm(type.content) === identifier) return rest.at(-1)?.content;
  }
  return undefined;
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
