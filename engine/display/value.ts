import { isList, isMap } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "../property/value";
import { equalValues } from "../property/equal";

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

/** The stack's outputs, with marks where they have changed. */
export function showOutputs(olds: PropertyMap, news: PropertyMap): string {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  if (keys.length === 0) {
    return "";
  }
  const width = Math.max(...keys.map((key) => key.length));
  const fresh = Object.keys(olds).length === 0;
  const lines = keys.map((key) => {
    const before = olds[key];
    const after = news[key];
    const name = key.padEnd(width);
    if (before === undefined || after === undefined) {
      const mark = fresh ? " " : before === undefined ? "+" : "-";
      return `  ${mark} ${name}: ${showValue((after ?? before) as PropertyValue, "    ")}\n`;
    }
    if (equalValues(before, after)) {
      return `    ${name}: ${showValue(after, "    ")}\n`;
    }
    return `  ~ ${name}: ${showValue(before, "    ")} => ${showValue(after, "    ")}\n`;
  });
  return `Outputs:\n${lines.join("")}\n`;
}
