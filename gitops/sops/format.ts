import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/**
 * What SOPS does to the values of a document: AES-256-GCM with a nonce of 32 bytes for each, bound to where the value
 * is, and a digest over all of them. Source: getsops/sops at v3.9, aes/cipher.go and sops.go (`Tree.Encrypt`).
 */

/** A document as SOPS sees it: mappings, lists, and values that are text, numbers, booleans or nothing. */
export type Node = unknown;

/** What SOPS writes for a value in clear. */
interface Sealed {
  readonly data: Buffer;
  readonly iv: Buffer;
  readonly tag: Buffer;
  readonly type: ValueType;
}

type ValueType = "str" | "int" | "float" | "bool";

const nonceLength = 32;
const form = /^ENC\[AES256_GCM,data:([^,]*),iv:([^,]+),tag:([^,]+),type:(str|int|float|bool)\]$/;

/** A value cannot be read with this key: another key, or somebody changed it. */
export class NotAuthentic extends Error {
  override readonly name = "NotAuthentic";
}

/** @param bound what the value is bound to: its path, or for the digest the time. */
export function encryptValue(value: string | number | boolean, key: Buffer, bound: string): string {
  const iv = randomBytes(nonceLength);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(bound));
  const data = Buffer.concat([cipher.update(plainBytes(value)), cipher.final()]);
  const [d, i, t] = [data, iv, cipher.getAuthTag()].map((part) => part.toString("base64"));
  return `ENC[AES256_GCM,data:${d},iv:${i},tag:${t},type:${typeOf(value)}]`;
}

/** @throws NotAuthentic */
export function decryptValue(text: string, key: Buffer, bound: string): string | number | boolean {
  const sealed = sealedOf(text);
  if (sealed === undefined) throw new NotAuthentic("a value is not in SOPS' form");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.iv, { authTagLength: 16 });
    decipher.setAAD(Buffer.from(bound)).setAuthTag(sealed.tag);
    const plain = Buffer.concat([decipher.update(sealed.data), decipher.final()]).toString("utf8");
    if (sealed.type === "bool") return plain === "True";
    return sealed.type === "str" ? plain : Number(plain);
  } catch (cause) {
    throw new NotAuthentic("a value was encrypted with another key, or was changed or moved", { cause });
  }
}

/** Whether a text is an encrypted value. */
export function isSealed(text: unknown): boolean {
  return typeof text === "string" && sealedOf(text) !== undefined;
}

function sealedOf(text: string): Sealed | undefined {
  const found = form.exec(text);
  if (found === null) return undefined;
  const [data = "", iv = "", tag = ""] = found.slice(1, 4);
  const bytes = (part: string) => Buffer.from(part, "base64");
  return { data: bytes(data), iv: bytes(iv), tag: bytes(tag), type: found[4] as ValueType };
}

function typeOf(value: string | number | boolean): ValueType {
  if (typeof value === "string") return "str";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int" : "float";
}

/** As SOPS' Go code writes values before it encrypts or digests them. */
function plainBytes(value: string | number | boolean): Buffer {
  return Buffer.from(typeof value === "boolean" ? (value ? "True" : "False") : String(value));
}

/** A leaf, and the names of the mappings that lead to it; lists do not count. */
export type Visit = (value: string | number | boolean, path: readonly string[]) => string | number | boolean;

/** The document with every leaf replaced, in the order in which it is written. */
export function mapLeaves(node: Node, visit: Visit, path: readonly string[] = []): Node {
  if (Array.isArray(node)) return node.map((item) => mapLeaves(item, visit, path));
  if (typeof node === "object" && node !== null) {
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, mapLeaves(value, visit, [...path, key])]),
    );
  }
  if (typeof node === "string" || typeof node === "number" || typeof node === "boolean") return visit(node, path);
  return node;
}

/** What a value at a path is bound to. */
export const boundTo = (path: readonly string[]): string => `${path.join(":")}:`;

/** SHA-512 over all leaves in clear, in order, as upper-case hex. */
export function digestOf(document: Node): string {
  const hash = createHash("sha512");
  mapLeaves(document, (value) => {
    hash.update(plainBytes(value));
    return value;
  });
  return hash.digest("hex").toUpperCase();
}
