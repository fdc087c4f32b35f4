import { hasUnknown, isList, isMap, mapValues } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { isBuiltIn, isDefinition, isSecretObject, textAt } from "./kinds";
import { metadataOf, withMetadata } from "./object";
import { canonicalQuantity } from "./quantity";
import { typedKinds } from "./typedKinds";
import type { TypedKinds } from "./typedKinds";

/** Metadata that the API server writes; in inputs it would make differences out of nothing. */
const readOnlyMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
];

/**
 * Brings an object to the form the API server would give it back in, so that two ways to say the same are the same:
 * quantities in canonical form, empty optional fields and unknown fields left out, a Secret's `stringData` in `data`.
 * An object with unknown values, and one of a kind that Kubernetes does not serve itself, only loses what is read-only.
 */
export function normalized(object: PropertyMap): PropertyMap {
  const form = hasUnknown(object) || !isBuiltIn(textAt(object, "apiVersion")) ? object : builtInForm(object);
  const gone = readOnlyMetadata.filter((key) => key in metadataOf(form));
  return gone.length === 0 ? form : withMetadata(form, Object.fromEntries(gone.map((key) => [key, undefined])));
}

function builtInForm(object: PropertyMap): PropertyMap {
  if (isSecretObject(object)) return secretForm(object);
  if (isDefinition(object)) return definitionForm(object);
  const types = typedKinds();
  const type = types.kinds.get(`${textAt(object, "apiVersion")}/${textAt(object, "kind")}`);
  if (type === undefined) return object;
  try {
    return typedForm(object, type, types) as PropertyMap;
  } catch (error) {
    // Where a value does not fit its field, the official provider leaves the whole object as it is.
    if (error instanceof Misfit) return object;
    throw error;
  }
}

function secretForm(object: PropertyMap): PropertyMap {
  const { stringData, ...rest } = object;
  const data = isMap(object["data"]) ? object["data"] : {};
  if (!isMap(stringData) || Object.keys(stringData).length === 0 || !Object.values(stringData).every(isString)) {
    if (Object.keys(data).length === 0) return object;
    return { ...object, data: mapValues(data, recoded) };
  }
  const encoded = mapValues(stringData, (value) => Buffer.from(String(value), "utf8").toString("base64"));
  return { ...rest, data: { ...data, ...encoded } };
}

/** Base64 without line breaks; the API server decodes and encodes what it gets. */
function recoded(value: PropertyValue): PropertyValue {
  if (typeof value !== "string") return value;
  const text = value.replaceAll(/[\r\n]/g, "");
  const again = Buffer.from(text, "base64").toString("base64");
  return again === text ? again : value;
}

function definitionForm(object: PropertyMap): PropertyMap {
  const { status: _, ...rest } = object;
  const { spec } = rest;
  if (!isMap(spec) || spec["preserveUnknownFields"] !== false) return rest;
  const { preserveUnknownFields: __, ...kept } = spec;
  return { ...rest, spec: kept };
}

class Misfit extends Error {}

function typedForm(value: PropertyValue, type: string, types: TypedKinds): PropertyValue {
  if (value === null || type === "any") return value;
  if (type.startsWith("[]")) {
    if (!isList(value)) throw new Misfit();
    return value.map((part) => typedForm(part, type.slice(2), types));
  }
  if (type.startsWith("{}")) {
    if (!isMap(value)) throw new Misfit();
    return mapValues(value, (part) => typedForm(part, type.slice(2), types));
  }
  const fields = types.types.get(type);
  if (fields === undefined) return scalarForm(value, type);
  if (!isMap(value)) throw new Misfit();
  return mapValues(value, (part, name) => {
    const field = fields.get(name);
    if (field === undefined) return undefined;
    const form = typedForm(part, field.type, types);
    return field.omitEmpty && isEmpty(form) ? undefined : form;
  });
}

function scalarForm(value: PropertyValue, type: string): PropertyValue {
  switch (type) {
    case "quantity": {
      const canonical =
        typeof value === "string" || typeof value === "number" ? canonicalQuantity(String(value)) : undefined;
      if (canonical === undefined) throw new Misfit();
      return canonical;
    }
    case "time":
      return isString(value) && !Number.isNaN(Date.parse(value)) ? timeForm(value) : value;
    case "boolean":
      if (typeof value !== "boolean") throw new Misfit();
      return value;
    case "integer":
      if (typeof value !== "number" || !Number.isInteger(value)) throw new Misfit();
      return value;
    case "number":
      if (typeof value !== "number") throw new Misfit();
      return value;
    case "string":
    case "bytes":
      if (!isString(value)) throw new Misfit();
      return value;
    default:
      return value;
  }
}

function timeForm(text: string): string {
  return new Date(text).toISOString().replace(/\.\d+Z$/, "Z");
}

function isEmpty(value: PropertyValue): boolean {
  if (value === null || value === "" || value === false || value === 0) return true;
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

function isString(value: PropertyValue): value is string {
  return typeof value === "string";
}
