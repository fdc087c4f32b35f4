import { isList, isMap } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "../property/value";

/** A value as people see it: text in quotes, secrets and unknowns hidden, lists and maps over several lines. */
export function showValue(value: PropertyValue, indent: string): string {
  if (value === null) {
    return "<null>";
  }
  if (value instanceof Secret) {
    return "[secret]";
  }
  if (value instanceof Unknown) {
    return "[unknown]";
  }
  if (value instanceof OutputValue) {
    return value.secret ? "[secret]" : value.known ? showValue(value.element, indent) : "[unknown]";
  }
  if (value instanceof ResourceReference) {
    return JSON.stringify(value.urn);
  }
  if (value instanceof AssetOrArchive) {
    return `${value.kind}(${value.hash.slice(0, 7)})`;
  }
  if (isList(value)) {
    const lines = value.map((item, i) => `${indent}    [${i}]: ${showValue(item, `${indent}    `)}\n`);
    return value.length === 0 ? "[]" : `[\n${lines.join("")}${indent}]`;
  }
  if (isMap(value)) {
    const keys = Object.keys(value).sort();
    return keys.length === 0 ? "{}" : `{\n${entries(value, keys, `${indent}    `)}${indent}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function entries(map: PropertyMap, keys: readonly string[], indent: string): string {
  const width = Math.max(...keys.map((key) => key.length));
  return keys.map((key) => `${indent}${key.padEnd(width)}: ${showValue(map[key] ?? null, indent)}\n`).join("");
}
