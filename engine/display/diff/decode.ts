import { parseAllDocuments } from "yaml";

import { define } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";

/** A text that is itself a list or a map, in JSON or over several lines in YAML. */
export interface Decoded {
  readonly kind: "json" | "yaml";
  readonly value: PropertyMap | readonly PropertyValue[];
}

/**
 * Reads a text that holds structured data, so that its differences can be shown by its parts.
 *
 * Source: `decodeValue` of `pkg/backend/display/object_diff.go`.
 *
 * @returns `undefined` for any other text.
 */
export function decode(text: string): Decoded | undefined {
  const trimmed = text.trim();
  const json = structured(() => JSON.parse(trimmed) as unknown);
  if (json !== undefined) {
    return { kind: "json", value: json };
  }
  if (!/[\r\n]/.test(trimmed)) {
    return undefined;
  }
  const yaml = structured(() => {
    const documents = parseAllDocuments(trimmed, { merge: true, logLevel: "silent" });
    const [document, ...more] = Array.isArray(documents) ? documents : [];
    if (document === undefined || more.length > 0 || document.errors.length > 0) {
      return undefined;
    }
    return document.toJS({ maxAliasCount: 100, mapAsMap: true }) as unknown;
  });
  return yaml === undefined ? undefined : { kind: "yaml", value: yaml };
}

function structured(read: () => unknown): Decoded["value"] | undefined {
  let found: unknown;
  try {
    found = read();
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null) {
    return undefined;
  }
  return toValue(found) as Decoded["value"] | undefined;
}

/** @returns `undefined` for what a property cannot hold, such as a map whose keys are lists. */
function toValue(value: unknown): PropertyValue | undefined {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (typeof value === "bigint") {
    return Number(value);
  }
  if (Array.isArray(value)) {
    const items = value.map(toValue);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  if (typeof value !== "object") {
    return undefined;
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const map: Record<string, PropertyValue> = {};
  for (const [key, item] of entries as [unknown, unknown][]) {
    const read = toValue(item);
    if ((typeof key !== "string" && typeof key !== "number") || read === undefined) {
      return undefined;
    }
    define(map, String(key), read);
  }
  return map;
}
