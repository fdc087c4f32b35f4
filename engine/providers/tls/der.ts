/** One value of DER (X.690): its tag byte, its content, and the whole with tag and length. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

/** Tags of universal and context-specific values that certificates are made of. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Writes a value from its tag and the parts of its content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.from(evenHex(content.length.toString(16)), "hex");
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(tags.sequence, ...parts);
}

/** A SET OF: its members sorted by their bytes, as DER demands. */
export function setOf(members: readonly Buffer[]): Buffer {
  return der(tags.set, ...[...members].sort(Buffer.compare));
}

/** A whole number that is not negative. */
export function integer(value: bigint): Buffer {
  const hex = evenHex(value.toString(16));
  return der(tags.integer, Buffer.from(Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? `00${hex}` : hex, "hex"));
}

/** An object identifier from its dotted form. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(tags.objectIdentifier, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** The dotted form of an object identifier's content. */
export function dottedForm(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [head = 0, ...rest] = arcs;
  const first = Math.min(2, Math.floor(head / 40));
  return [first, head - first * 40, ...rest].join(".");
}

/** A bit string; `unused` is the number of bits at its end that do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return der(tags.bitString, Buffer.of(unused), bytes);
}

export function octetString(bytes: Uint8Array): Buffer {
  return der(tags.octetString, bytes);
}

/** A point in time to the second: UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, "Z")
    .replaceAll(/[-:T]/g, "");
  const short = date.getUTCFullYear() >= 1950 && date.getUTCFullYear() < 2050;
  return der(short ? tags.utcTime : tags.generalizedTime, Buffer.from(short ? digits.slice(2) : digits, "ascii"));
}

/** A string in the narrowest of the types that certificates use: PrintableString or UTF8String. */
export function directoryString(text: string): Buffer {
  const printable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text);
  return der(printable ? tags.printableString : tags.utf8String, Buffer.from(text, "utf8"));
}

/**
 * Reads the values that bytes consist of, one after the other.
 *
 * @throws Error if the bytes end within a value or a length is not definite.
 */
export function readDer(bytes: Buffer): readonly DerValue[] {
  const values: DerValue[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const value = readOne(rest);
    values.push(value);
    rest = rest.subarray(value.raw.length);
  }
  return values;
}

function readOne(bytes: Buffer): DerValue {
  const [tag = 0, first = 0x80] = bytes;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || (tag & 0x1f) === 0x1f) throw new Error("the DER is not readable");
  const start = 2 + lengthBytes;
  const length = lengthBytes === 0 ? first : bytes.length < start ? -1 : bytes.readUIntBE(2, lengthBytes);
  if (length < 0 || bytes.length < start + length) throw new Error("the DER ends within a value");
  return { tag, content: bytes.subarray(start, start + length), raw: bytes.subarray(0, start + length) };
}

function base128(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let rest = arc >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function evenHex(hex: string): string {
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}
