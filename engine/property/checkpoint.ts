import { define, isList, secretOf } from "./shape";
import {
  ARCHIVE_SIGNATURE,
  ASSET_SIGNATURE,
  OUTPUT_SIGNATURE,
  RESOURCE_SIGNATURE,
  SECRET_SIGNATURE,
  SIGNATURE_KEY,
  UNKNOWN,
} from "./signature";
import type { PropertyMap, PropertyValue } from "./value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "./value";
import { assetMap, assetOf } from "./wire";

/** JSON as a checkpoint holds it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How a secret's plain text becomes the fields beside its signature, and comes back from them. */
export interface SecretCodec {
  /** `secret` is given so that a codec can find the cipher text that it was read from. */
  write(plaintext: string, secret: Secret): Readonly<Record<string, string>>;
  /** The plain text of a marked map, or an error that says why it cannot be had. */
  read(fields: { readonly [key: string]: Json }): string;
  /** Called with each secret that was read, so that an unchanged one keeps its cipher text. */
  remember(secret: Secret, plaintext: string, fields: { readonly [key: string]: Json }): void;
}

/** Writes a value as a checkpoint holds it, keys sorted. */
export function toCheckpoint(value: PropertyValue, codec: SecretCodec): Json {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string") {
    return value;
  }
  if (value instanceof Unknown) {
    return UNKNOWN;
  }
  if (value instanceof Secret) {
    const plaintext = JSON.stringify(toCheckpoint(value.element, codec));
    return { [SIGNATURE_KEY]: SECRET_SIGNATURE, ...codec.write(plaintext, value) };
  }
  if (value instanceof OutputValue) {
    const element = value.known ? value.element : Unknown.value;
    return toCheckpoint(value.secret ? secretOf(element) : element, codec);
  }
  if (value instanceof ResourceReference) {
    const id: Record<string, Json> =
      value.id === undefined ? {} : { id: value.id instanceof Unknown ? UNKNOWN : value.id };
    return { [SIGNATURE_KEY]: RESOURCE_SIGNATURE, ...id, packageVersion: value.packageVersion, urn: value.urn };
  }
  if (value instanceof AssetOrArchive) {
    return mapToCheckpoint(assetMap(value), codec);
  }
  if (isList(value)) {
    return value.map((item) => toCheckpoint(item, codec));
  }
  return mapToCheckpoint(value as PropertyMap, codec);
}

/** `toCheckpoint` for a map. */
export function mapToCheckpoint(map: PropertyMap, codec: SecretCodec): { [key: string]: Json } {
  const out: Record<string, Json> = {};
  for (const key of Object.keys(map).sort()) {
    define(out, key, toCheckpoint(map[key] as PropertyValue, codec));
  }
  return out;
}

/** Reads a value from a checkpoint. */
export function fromCheckpoint(json: Json, codec: SecretCodec): PropertyValue {
  if (typeof json === "string") {
    return json === UNKNOWN ? Unknown.value : json;
  }
  if (json === null || typeof json !== "object") {
    return json;
  }
  if (Array.isArray(json)) {
    return json.map((item: Json) => fromCheckpoint(item, codec));
  }
  const map = json as { readonly [key: string]: Json };
  switch (map[SIGNATURE_KEY]) {
    case undefined:
      return mapFromCheckpoint(map, codec);
    case SECRET_SIGNATURE: {
      const plaintext = codec.read(map);
      const secret = secretOf(fromCheckpoint(JSON.parse(plaintext) as Json, withinSecret));
      // Go writes some characters escaped; what counts is how this engine would write the same value.
      codec.remember(secret, JSON.stringify(toCheckpoint(secret.element, codec)), map);
      return secret;
    }
    case RESOURCE_SIGNATURE:
      return new ResourceReference(
        String(map["urn"]),
        map["id"] === undefined ? undefined : map["id"] === UNKNOWN ? Unknown.value : String(map["id"]),
        typeof map["packageVersion"] === "string" ? map["packageVersion"] : "",
      );
    case ASSET_SIGNATURE:
    case ARCHIVE_SIGNATURE:
      return assetOf({ ...mapFromCheckpoint(withoutMark(map), codec), [SIGNATURE_KEY]: map[SIGNATURE_KEY] });
    case OUTPUT_SIGNATURE:
      return new OutputValue(
        map["value"] === undefined ? null : fromCheckpoint(map["value"], codec),
        map["value"] !== undefined,
        map["secret"] === true,
        Array.isArray(map["dependencies"]) ? map["dependencies"].map(String) : [],
      );
    default:
      throw new Error(`unrecognized signature '${String(map[SIGNATURE_KEY])}' in property map`);
  }
}

/** The official engine encrypts a secret inside another one not once more: its `ciphertext` is its text. */
const withinSecret: SecretCodec = {
  write: (plaintext) => ({ plaintext }),
  read: ({ plaintext, ciphertext }) => String(plaintext ?? ciphertext),
  remember: () => undefined,
};

function withoutMark(map: { readonly [key: string]: Json }): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== SIGNATURE_KEY));
}

/** `fromCheckpoint` for a map; a missing one is empty. */
export function mapFromCheckpoint(json: { readonly [key: string]: Json } | undefined, codec: SecretCodec): PropertyMap {
  const out: Record<string, PropertyValue> = {};
  for (const [key, value] of Object.entries(json ?? {})) {
    define(out, key, fromCheckpoint(value, codec));
  }
  return out;
}
