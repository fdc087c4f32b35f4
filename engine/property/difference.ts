import { equalValues } from "./equal";
import type { PropertyPath } from "./path";
import { isList, isMap } from "./shape";
import { Secret } from "./value";
import type { PropertyMap, PropertyValue } from "./value";

/** One place where two property maps differ. `add` and `delete` name the top of what came or went. */
export interface Difference {
  readonly path: PropertyPath;
  readonly kind: "add" | "delete" | "update";
}

/**
 * Compares two property maps as the official engine's object diff does: null counts as absent, arrays are compared by
 * index, a change of secrecy is a change, and an unknown differs from everything.
 *
 * @returns the differences in the order of their keys.
 */
export function differences(olds: PropertyMap, news: PropertyMap): readonly Difference[] {
  const found: Difference[] = [];
  compareMaps(olds, news, [], found);
  return found;
}

function compareMaps(olds: PropertyMap, news: PropertyMap, path: PropertyPath, found: Difference[]): void {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  for (const key of keys) compare(olds[key], news[key], [...path, key], found);
}

function compare(
  old: PropertyValue | undefined,
  now: PropertyValue | undefined,
  path: PropertyPath,
  found: Difference[],
): void {
  const had = hasValue(old);
  const has = hasValue(now);
  if (!had && !has) return;
  if (!had) found.push({ path, kind: "add" });
  else if (!has) found.push({ path, kind: "delete" });
  else if (isList(old) && isList(now)) {
    for (let at = 0; at < Math.max(old.length, now.length); at++) {
      if (at >= old.length) found.push({ path: [...path, at], kind: "add" });
      else if (at >= now.length) found.push({ path: [...path, at], kind: "delete" });
      else compare(old[at], now[at], [...path, at], found);
    }
  } else if (isMap(old) && isMap(now)) compareMaps(old, now, path, found);
  else if (!equalValues(old, now)) found.push({ path, kind: "update" });
}

function hasValue(value: PropertyValue | undefined): boolean {
  if (value instanceof Secret) return hasValue(value.element);
  return value !== undefined && value !== null;
}
