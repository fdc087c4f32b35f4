import { Buffer } from "node:buffer";
import { posix } from "node:path";

const NAME = 100;
const PREFIX = 155;
export const BLOCK = 512;
const LARGEST = 8 ** 11;

/**
 * The header of a regular file as Go's `archive/tar` writes it for a name, a size and mode 0600: the hash of an archive
 * is that of a tar file, so that every byte counts.
 *
 * Source: `Writer.WriteHeader` of Go's `archive/tar`: USTAR, or PAX where a name does not fit it.
 */
export function tarHeader(name: string, size: number): Buffer {
  if (size >= LARGEST) {
    throw new Error(`${name} is too large for an archive: it has ${size} bytes, and 8 GiB are the limit`);
  }
  const bytes = Buffer.from(name);
  const plain = isAscii(name);
  if (plain && bytes.length <= NAME) {
    return header({ name: bytes, size, type: "0", plus: true });
  }
  const split = splitName(name);
  if (split !== undefined) {
    return header({ name: Buffer.from(split.name), size, type: "0", plus: true, prefix: split.prefix });
  }
  const { dir, base } = posix.parse(name);
  const record = paxRecord("path", bytes);
  const extended = Buffer.from(
    ascii(posix.join(dir, "PaxHeaders.0", base))
      .slice(0, NAME)
      .replace(/\/+$/, ""),
  );
  return Buffer.concat([
    header({ name: extended, size: record.length, type: "x", mode: 0, plus: false }),
    record,
    padding(record.length),
    header({ name: Buffer.from(ascii(name)).subarray(0, NAME), size, type: "0", plus: true }),
  ]);
}

/** The zeros that fill a file's last block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** The end of a tar file. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK);
}

interface Fields {
  readonly name: Buffer;
  readonly size: number;
  readonly type: string;
  readonly mode?: number;
  /** Whether the device numbers are written, as they are for files. */
  readonly plus: boolean;
  readonly prefix?: string;
}

function header({ name, size, type, mode = 0o600, plus, prefix = "" }: Fields): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0);
  block.write(octal(mode, 8), 100, "latin1");
  block.write(octal(0, 8), 108, "latin1");
  block.write(octal(0, 8), 116, "latin1");
  block.write(octal(size, 12), 124, "latin1");
  block.write(octal(0, 12), 136, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  if (plus) {
    block.write(octal(0, 8), 329, "latin1");
    block.write(octal(0, 8), 337, "latin1");
  }
  block.write(prefix, 345, "latin1");
  // The sum counts its own field as blanks.
  block.write("        ", 148, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148, "latin1");
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\u0000`;
}

function isAscii(text: string): boolean {
  return [...text].every((character) => character.charCodeAt(0) < 0x80);
}

function ascii(text: string): string {
  return [...text].filter((character) => character.charCodeAt(0) < 0x80).join("");
}

/** A long name in two parts, if it has a slash at the right place. */
function splitName(name: string): { readonly prefix: string; readonly name: string } | undefined {
  if (name.length <= NAME || !isAscii(name)) {
    return undefined;
  }
  const at = name.slice(0, PREFIX + 1).lastIndexOf("/");
  const rest = name.length - at - 1;
  return at <= 0 || rest > NAME || rest === 0 || at > PREFIX
    ? undefined
    : { prefix: name.slice(0, at), name: name.slice(at + 1) };
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = rest.length;
  while (length !== rest.length + String(length).length) {
    length = rest.length + String(length).length;
  }
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
