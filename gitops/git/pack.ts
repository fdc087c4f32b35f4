import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { ObjectType } from "./objectId";

// Source: gitformat-pack(5).
const types: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3 };

/** Keeps the packed form of objects that many repositories share, such as the base services in every site's cut. */
export class PackEntries {
  readonly #packed = new Map<string, Buffer>();

  /** @param shared ids of the objects that are kept; the others are packed each time. */
  constructor(private readonly shared: ReadonlySet<string> = new Set()) {}

  /** @param content called only if no packed form of this id is kept. */
  of(id: string, type: ObjectType, content: () => Buffer): Buffer {
    let packed = this.#packed.get(id);
    if (packed === undefined) {
      packed = packEntry(type, content());
      if (this.shared.has(id)) this.#packed.set(id, packed);
    }
    return packed;
  }
}

/** One whole object, without deltas. */
export function packEntry(type: ObjectType, content: Buffer): Buffer {
  // Zlib's own choice is 16 KiB for each of a hundred thousand files of a few hundred bytes.
  const chunkSize = Math.max(64, content.length + 64);
  return Buffer.concat([entryHeader(types[type], content.length), deflateSync(content, { chunkSize })]);
}

/** A pack of these entries, piece by piece; `count` must be their number. */
export function* pack(count: number, entries: Iterable<Buffer>): Generator<Buffer> {
  const digest = createHash("sha1");
  const header = Buffer.alloc(12);
  header.write("PACK");
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  digest.update(header);
  yield header;
  for (const entry of entries) {
    digest.update(entry);
    yield entry;
  }
  yield digest.digest();
}

/** Type and length: four bits of the length in the first byte, then seven in each, the lowest first. */
function entryHeader(type: number, length: number): Buffer {
  const bytes = [(type << 4) | (length & 0x0f)];
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
