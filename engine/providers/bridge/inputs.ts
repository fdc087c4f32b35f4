import { isList, isMap, mapValues, withoutSecrets } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";
import type { CheckFailure } from "../provider";
import type { Attribute, Attributes, BridgedResource } from "./resource";

/** Finds all that is wrong with the inputs of a bridged resource, in the order of its attributes. */
export function bridgedFailures(resource: BridgedResource, inputs: PropertyMap): readonly CheckFailure[] {
  const clear = clearMap(inputs);
  const failures = attributeFailures(resource.attributes, clear, "");
  return failures.length > 0 ? failures : (resource.check?.(clear) ?? []);
}

/**
 * The values that a resource is made with: inputs in clear, converted to their kind, with defaults. Attributes without
 * a value are left out.
 */
export function plannedValues(resource: BridgedResource, inputs: PropertyMap): PropertyMap {
  const planned = plannedOf(resource.attributes, clearMap(inputs));
  return resource.complete?.(planned) ?? planned;
}

function plannedOf(attributes: Attributes, inputs: PropertyMap): PropertyMap {
  const planned: Record<string, PropertyValue> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.role === "computed") continue;
    const value = inputs[name] ?? attribute.default ?? null;
    if (value !== null) planned[name] = converted(value, attribute);
  }
  return planned;
}

function converted(value: PropertyValue, attribute: Attribute): PropertyValue {
  if (value instanceof Unknown) return value;
  switch (attribute.kind) {
    case "string":
      return String(value);
    case "boolean":
      return value === true || value === "true";
    case "integer":
      return Number(value);
    case "strings":
      return isList(value) ? value.map(text) : value;
    case "stringMap":
      return isMap(value) ? mapValues(value, (part) => (part === null ? undefined : text(part))) : value;
    case "block":
      return isMap(value) ? plannedOf(attribute.attributes ?? {}, value) : value;
  }
}

function text(value: PropertyValue): PropertyValue {
  return value instanceof Unknown ? value : String(value);
}

function attributeFailures(attributes: Attributes, inputs: PropertyMap, prefix: string): readonly CheckFailure[] {
  const settable = Object.entries(attributes).filter(([, attribute]) => attribute.role !== "computed");
  const unknown = Object.keys(inputs)
    .filter((name) => inputs[name] !== null && !settable.some(([known]) => known === name))
    .map((name) => ({
      property: prefix + name,
      reason: `there is no such input; there are ${settable.map(([known]) => known).join(", ")}`,
    }));
  const misfits = settable.flatMap(([name, attribute]) => {
    const value = inputs[name] ?? null;
    const property = prefix + name;
    if (value === null) {
      return attribute.role === "required" ? [{ property, reason: "is required, but has no value" }] : [];
    }
    if (attribute.kind === "block" && isMap(value)) {
      return attributeFailures(attribute.attributes ?? {}, value, `${property}.`);
    }
    const reason = misfit(value, attribute.kind);
    return reason === undefined ? [] : [{ property, reason }];
  });
  return [...unknown, ...misfits];
}

/** Terraform converts between text, numbers and booleans where the text allows it, and so does this. */
function misfit(value: PropertyValue, kind: Attribute["kind"]): string | undefined {
  if (value instanceof Unknown) return undefined;
  switch (kind) {
    case "string":
      return isScalar(value) ? undefined : "must be a string";
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false" ? undefined : "must be true or false";
    case "integer":
      return isInteger(value) ? undefined : "must be a whole number";
    case "strings":
      return isList(value) && value.every(isScalar) ? undefined : "must be a list of strings";
    case "stringMap":
      return isMap(value) && Object.values(value).every((part) => part === null || isScalar(part))
        ? undefined
        : "must be a map of strings";
    case "block":
      return "must be an object";
  }
}

function isScalar(value: PropertyValue): boolean {
  return (
    typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value instanceof Unknown
  );
}

function isInteger(value: PropertyValue): boolean {
  if (typeof value === "string") return /^-?\d{1,15}$/.test(value);
  return typeof value === "number" && Number.isSafeInteger(value);
}

function clearMap(inputs: PropertyMap): PropertyMap {
  return mapValues(inputs, withoutSecrets);
}
