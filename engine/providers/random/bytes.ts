import { randomBytes } from "node:crypto";
import type { PropertyMap } from "../../property/value";
import type { BridgedResource, Made } from "../bridge/resource";
import type { CheckFailure } from "../provider";
import { keepers } from "./keepers";

/** `random:index/randomBytes:RandomBytes`; its id is the bytes in base64, as in the official provider. */
export const randomBytesResource: BridgedResource = {
  type: "random:index/randomBytes:RandomBytes",
  attributes: {
    keepers,
    length: { kind: "integer", role: "required" },
    base64: { kind: "string", role: "computed", sensitive: true },
    hex: { kind: "string", role: "computed", sensitive: true },
  },
  schemaVersion: 0,
  idOutput: false,
  check: (inputs) => atLeastOne(inputs, "length"),
  async create(planned) {
    return bytesOf(randomBytes(Number(planned["length"])));
  },
  import(id) {
    const bytes = Buffer.from(id, "base64");
    if (bytes.length === 0 || bytes.toString("base64") !== id) throw new Error("the id to import must be base64");
    const made = bytesOf(bytes);
    return { id: made.id, computed: { ...made.computed, length: bytes.length } };
  },
};

/** `random:index/randomId:RandomId`; its id is the bytes in URL-safe base64 without padding or prefix. */
export const randomId: BridgedResource = {
  type: "random:index/randomId:RandomId",
  attributes: {
    keepers,
    byteLength: { kind: "integer", role: "required" },
    prefix: { kind: "string", role: "optional" },
    b64Url: { kind: "string", role: "computed" },
    b64Std: { kind: "string", role: "computed" },
    hex: { kind: "string", role: "computed" },
    dec: { kind: "string", role: "computed" },
  },
  schemaVersion: 0,
  idOutput: true,
  check: (inputs) => atLeastOne(inputs, "byteLength"),
  async create(planned) {
    return idOf(randomBytes(Number(planned["byteLength"])), String(planned["prefix"] ?? ""));
  },
  import(id) {
    const comma = id.lastIndexOf(",");
    const prefix = id.slice(0, Math.max(0, comma));
    const bytes = Buffer.from(id.slice(comma + 1), "base64url");
    if (bytes.length === 0 || bytes.toString("base64url") !== id.slice(comma + 1)) {
      throw new Error("the id to import must be URL-safe base64, or PREFIX,BASE64");
    }
    const made = idOf(bytes, prefix);
    const settings = { byteLength: bytes.length, ...(prefix === "" ? {} : { prefix }) };
    return { id: made.id, computed: { ...made.computed, ...settings } };
  },
};

function bytesOf(bytes: Buffer): Made {
  const base64 = bytes.toString("base64");
  return { id: base64, computed: { base64, hex: bytes.toString("hex") } };
}

function idOf(bytes: Buffer, prefix: string): Made {
  const hex = bytes.toString("hex");
  const id = bytes.toString("base64url");
  return {
    id,
    computed: {
      b64Url: prefix + id,
      b64Std: prefix + bytes.toString("base64"),
      hex: prefix + hex,
      dec: prefix + BigInt(`0x${hex}`).toString(),
    },
  };
}

function atLeastOne(inputs: PropertyMap, property: string): readonly CheckFailure[] {
  const value = inputs[property];
  return (typeof value === "number" || typeof value === "string") && Number(value) < 1
    ? [{ property, reason: "must be at least 1" }]
    : [];
}
