import { ListValue, NullValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";

import { define, isList, isMap, secretOf } from "./shape";
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

/** What the receiver of a message understands; what it does not is flattened. */
export interface WireOptions {
  readonly secrets: boolean;
  readonly resources: boolean;
}

/** Reads a `google.protobuf.Struct` that carries signature keys. A missing struct is an empty map. */
export function fromStruct(struct: Struct | undefined): PropertyMap {
  const out: Record<string, PropertyValue> = {};
  struct?.getFieldsMap().forEach((value: Value, key: string) => define(out, key, fromValue(value)));
  return out;
}

/** Reads one `google.protobuf.Value`. */
export function fromValue(value: Value): PropertyValue {
  switch (value.getKindCase()) {
    case Value.KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case Value.KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case Value.KindCase.STRING_VALUE: {
      const text = value.getStringValue();
      return text === UNKNOWN ? Unknown.value : text;
    }
    case Value.KindCase.LIST_VALUE:
      return (value.getListValue()?.getValuesList() ?? []).map(fromValue);
    case Value.KindCase.STRUCT_VALUE:
      return fromMarked(fromStruct(value.getStructValue()));
    default:
      return null;
  }
}

function fromMarked(map: PropertyMap): PropertyValue {
  switch (map[SIGNATURE_KEY]) {
    case undefined:
      return map;
    case SECRET_SIGNATURE:
      return secretOf(map["value"] ?? null);
    case OUTPUT_SIGNATURE:
      return new OutputValue(
        map["value"] ?? null,
        "value" in map,
        map["secret"] === true,
        strings(map["dependencies"]),
      );
    case RESOURCE_SIGNATURE:
      return new ResourceReference(text(map["urn"]), referenceId(map["id"]), text(map["packageVersion"]));
    case ASSET_SIGNATURE:
    case ARCHIVE_SIGNATURE:
      return assetOf(map);
    default:
      throw new Error(`unrecognized signature '${String(map[SIGNATURE_KEY])}' in property map`);
  }
}

function referenceId(id: PropertyValue | undefined): string | Unknown | undefined {
  if (id instanceof Unknown) {
    return id;
  }
  return id === undefined ? undefined : text(id);
}

/** Reads an asset or archive from its marked map, as it stands on the wire and in a checkpoint. */
export function assetOf(map: PropertyMap): AssetOrArchive {
  const kind = map[SIGNATURE_KEY] === ASSET_SIGNATURE ? "asset" : "archive";
  const hash = text(map["hash"]);
  if (typeof map["text"] === "string") {
    return new AssetOrArchive(kind, hash, { text: map["text"] });
  }
  if (typeof map["path"] === "string" && map["path"] !== "") {
    return new AssetOrArchive(kind, hash, { path: map["path"] });
  }
  if (typeof map["uri"] === "string" && map["uri"] !== "") {
    return new AssetOrArchive(kind, hash, { uri: map["uri"] });
  }
  const assets = map["assets"];
  // Without anything it is empty: a text, or a map of assets.
  return new AssetOrArchive(kind, hash, kind === "asset" ? { text: "" } : { assets: isMap(assets) ? assets : {} });
}

function text(value: PropertyValue | undefined): string {
  return typeof value === "string" ? value : "";
}

function strings(value: PropertyValue | undefined): string[] {
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Writes a map as a `google.protobuf.Struct` with signature keys. */
export function toStruct(map: PropertyMap, options: WireOptions): Struct {
  const struct = new Struct();
  const fields = struct.getFieldsMap();
  for (const [key, value] of Object.entries(map)) {
    fields.set(key, toValue(value, options));
  }
  return struct;
}

/** Writes one value. */
export function toValue(value: PropertyValue, options: WireOptions): Value {
  const out = new Value();
  if (value === null) {
    out.setNullValue(NullValue.NULL_VALUE);
  } else if (typeof value === "boolean") {
    out.setBoolValue(value);
  } else if (typeof value === "number") {
    out.setNumberValue(value);
  } else if (typeof value === "string") {
    out.setStringValue(value);
  } else if (value instanceof Unknown) {
    out.setStringValue(UNKNOWN);
  } else if (value instanceof Secret) {
    return options.secrets
      ? marked({ [SIGNATURE_KEY]: SECRET_SIGNATURE, value: value.element }, options)
      : toValue(value.element, options);
  } else if (value instanceof OutputValue) {
    const element = value.known ? value.element : Unknown.value;
    return toValue(value.secret ? secretOf(element) : element, options);
  } else if (value instanceof ResourceReference) {
    return referenceValue(value, options);
  } else if (value instanceof AssetOrArchive) {
    return marked(assetMap(value), options);
  } else if (isList(value)) {
    out.setListValue(new ListValue().setValuesList(value.map((item) => toValue(item, options))));
  } else {
    out.setStructValue(toStruct(value as PropertyMap, options));
  }
  return out;
}

function marked(map: PropertyMap, options: WireOptions): Value {
  return new Value().setStructValue(toStruct(map, options));
}

function referenceValue(reference: ResourceReference, options: WireOptions): Value {
  if (!options.resources) {
    return toValue(reference.id ?? reference.urn, options);
  }
  const map: Record<string, PropertyValue> = { [SIGNATURE_KEY]: RESOURCE_SIGNATURE, urn: reference.urn };
  if (reference.id !== undefined) {
    map["id"] = reference.id instanceof Unknown ? "" : reference.id;
  }
  if (reference.packageVersion !== "") {
    map["packageVersion"] = reference.packageVersion;
  }
  return marked(map, options);
}

/** An asset or archive as a marked map. */
export function assetMap(asset: AssetOrArchive): PropertyMap {
  const signature = asset.kind === "asset" ? ASSET_SIGNATURE : ARCHIVE_SIGNATURE;
  const { source } = asset;
  const empty = "text" in source && source.text === "";
  return { [SIGNATURE_KEY]: signature, ...(asset.hash === "" ? {} : { hash: asset.hash }), ...(empty ? {} : source) };
}
