import { crc32, deflateRawSync } from "node:zlib";

/** A ZIP file with these entries, deflated. */
export function zip(files: readonly (readonly [string, string])[]): Buffer {
  const parts: Buffer[] = [];
  const index: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of files) {
    const data = deflateRawSync(Buffer.from(text));
    const path = Buffer.from(name);
    // Version, flags (UTF-8 names), method, time and date, sum and sizes, lengths of the name and of nothing else.
    const fields = Buffer.alloc(26);
    [20, 0x0800, 8, 0, 0x1421].forEach((value, i) => fields.writeUInt16LE(value, i * 2));
    [crc32(text), data.length, Buffer.byteLength(text)].forEach((value, i) => fields.writeUInt32LE(value, 10 + i * 4));
    fields.writeUInt16LE(path.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    parts.push(Buffer.from("PK\u0003\u0004"), fields, path, data);
    index.push(Buffer.from("PK\u0001\u0002"), Buffer.from([20, 3]), fields, rest, path);
    offset += 4 + fields.length + path.length + data.length;
  }
  const directory = Buffer.concat(index);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, directory, Buffer.from("PK\u0005\u0006"), end]);
}
