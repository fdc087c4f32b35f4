import { randomBytes, randomUUID } from "node:crypto";
import type { Attributes, BridgedResource } from "../bridge/resource";
import { keepers } from "./keepers";

const attributes: Attributes = { keepers, result: { kind: "string", role: "computed" } };

/** `RandomUuid`: 16 random bytes written as a UUID, without version bits, as hashicorp/go-uuid makes it. */
export const randomUuid = uuidResource("random:index/randomUuid:RandomUuid", () => written(randomBytes(16)));

/** `RandomUuid4`: a UUID of version 4 (RFC 9562). */
export const randomUuid4 = uuidResource("random:index/randomUuid4:RandomUuid4", () => randomUUID());

/** `RandomUuid7`: a UUID of version 7 (RFC 9562): 48 bits of milliseconds, the rest random. */
export const randomUuid7 = uuidResource("random:index/randomUuid7:RandomUuid7", () => uuid7(Date.now()));

/** A version 7 UUID of the given Unix time in milliseconds. */
export function uuid7(milliseconds: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return written(bytes);
}

function uuidResource(type: string, make: () => string): BridgedResource {
  return {
    type,
    attributes,
    schemaVersion: 0,
    idOutput: true,
    async create() {
      const result = make();
      return { id: result, computed: { result } };
    },
    import(id) {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Error("the id to import must be a UUID");
      return { id, computed: { result: id.toLowerCase() } };
    },
  };
}

function written(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
