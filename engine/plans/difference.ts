import { isList, isMap } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "../property/value";
import type { PlanDiff } from "./plan";

/** How the top-level properties of two maps differ. */
export interface TopDiff extends PlanDiff {
  readonly sames: PropertyMap;
  readonly any: boolean;
}

/**
 * Compares the top-level properties of two maps as the official engine does for plans.
 *
 * Source: `Diff` and `DiffIncludeUnknowns` of `sdk/go/common/resource/properties_diff.go`.
 *
 * @param loose whether an unknown value is the same as any.
 */
export function topDiff(olds: PropertyMap, news: PropertyMap, loose: boolean): TopDiff {
  const adds: Record<string, PropertyValue> = {};
  const updates: Record<string, PropertyValue> = {};
  const sames: Record<string, PropertyValue> = {};
  const deletes: string[] = [];
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    const old = Object.hasOwn(olds, key) ? olds[key] : undefined;
    const now = Object.hasOwn(news, key) ? news[key] : undefined;
    if (now === undefined) {
      if (old !== null && !(loose && isUnknown(old as PropertyValue))) {
        deletes.push(key);
      }
    } else if (old === undefined) {
      if (now !== null) {
        adds[key] = now;
      }
    } else if (alike(old, now, loose)) {
      sames[key] = loose ? now : old;
    } else if (old === null) {
      adds[key] = now;
    } else if (now === null) {
      deletes.push(key);
    } else {
      updates[key] = now;
    }
  }
  const any = Object.keys(adds).length + Object.keys(updates).length + deletes.length > 0;
  return { adds, updates, sames, deletes: deletes.sort(), any };
}

/** Whether two values are the same, null in a map being as good as nothing. */
export function alike(a: PropertyValue, b: PropertyValue, loose: boolean): boolean {
  if (loose && (isUnknown(a) || isUnknown(b))) {
    return true;
  }
  if (a === b) {
    return true;
  }
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, i) => alike(item, b[i] as PropertyValue, loose));
  }
  if (isMap(a)) {
    return isMap(b) && alikeMaps(a, b, loose);
  }
  if (a instanceof Secret) {
    return b instanceof Secret && alike(a.element, b.element, loose);
  }
  if (a instanceof AssetOrArchive) {
    return b instanceof AssetOrArchive && a.kind === b.kind && a.hash !== "" && a.hash === b.hash;
  }
  if (a instanceof ResourceReference) {
    return b instanceof ResourceReference && a.urn === b.urn;
  }
  if (a instanceof OutputValue) {
    const marks = b instanceof OutputValue && a.known === b.known && a.secret === b.secret;
    return marks && alike(a.element, b.element, loose);
  }
  return a instanceof Unknown && b instanceof Unknown;
}

function alikeMaps(a: PropertyMap, b: PropertyMap, loose: boolean): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => {
    const old = a[key] ?? null;
    const now = b[key] ?? null;
    return alike(old, now, loose);
  });
}

export function isUnknown(value: PropertyValue): boolean {
  return value instanceof Unknown || (value instanceof OutputValue && !value.known);
}
