/** An SSH string: its length in four bytes, then its bytes. Source: RFC 4251, section 5. */
export function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** A number in four bytes. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Bytes that end before what they announce. */
export class Truncated extends Error {
  override readonly name = "Truncated";
}

/** Reads SSH's encoding from front to back. Its methods throw `Truncated`. */
export class WireReader {
  #offset = 0;

  constructor(private readonly bytes: Buffer) {}

  take(length: number): Buffer {
    const end = this.#offset + length;
    if (end > this.bytes.length) throw new Truncated(`${length} bytes are announced, fewer are there`);
    const taken = this.bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString("utf8");
  }

  get rest(): Buffer {
    return this.bytes.subarray(this.#offset);
  }
}
