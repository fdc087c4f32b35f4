import type { PropertyPath } from "../../property/path";
import { isList, isMap } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "../../property/value";

/** What has come, gone, stayed and changed between two maps. Source: `sdk/go/common/resource/properties_diff.go`. */
export class Changes<K> {
  readonly adds = new Map<K, PropertyValue>();
  readonly deletes = new Map<K, PropertyValue>();
  readonly sames = new Map<K, PropertyValue>();
  readonly updates = new Map<K, ValueDiff>();

  get any(): boolean {
    return this.adds.size + this.deletes.size + this.updates.size > 0;
  }

  get keys(): K[] {
    const keys = [...this.adds.keys(), ...this.deletes.keys(), ...this.sames.keys(), ...this.updates.keys()];
    return [...new Set(keys)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  isSame(key: K): boolean {
    return !this.adds.has(key) && !this.deletes.has(key) && !this.updates.has(key);
  }
}

export type ObjectDiff = Changes<string>;
export type ArrayDiff = Changes<number>;

/** How one value became another; lists and maps tell it by their parts. */
export interface ValueDiff {
  readonly old: PropertyValue;
  readonly now: PropertyValue;
  array?: ArrayDiff;
  object?: ObjectDiff;
}

/** Whether a path, which ends with a key of a map, is left out of a comparison. */
export type Ignore = (path: PropertyPath) => boolean;

/** Keys of the engine's own, which people do not see. */
export function isInternalKey(key: string): boolean {
  return key.startsWith("__");
}

/** The difference of two maps; `undefined` if there is none. */
export function diffMaps(
  olds: PropertyMap,
  news: PropertyMap,
  ignore: Ignore = () => false,
  path: PropertyPath = [],
): ObjectDiff | undefined {
  const diff: ObjectDiff = new Changes();
  for (const [key, old] of Object.entries(olds)) {
    const at = [...path, key];
    if (ignore(at)) {
      continue;
    }
    const now = Object.hasOwn(news, key) ? news[key] : undefined;
    if (now === undefined) {
      if (old !== null) {
        diff.deletes.set(key, old);
      }
      continue;
    }
    const inner = diffValues(old, now, ignore, at);
    if (inner === undefined) {
      diff.sames.set(key, old);
    } else if (old === null) {
      diff.adds.set(key, now);
    } else if (now === null) {
      diff.deletes.set(key, old);
    } else {
      diff.updates.set(key, inner);
    }
  }
  for (const [key, now] of Object.entries(news)) {
    if (!Object.hasOwn(olds, key) && now !== null && !ignore([...path, key])) {
      diff.adds.set(key, now);
    }
  }
  return diff.any ? diff : undefined;
}

/** The difference of two values; `undefined` if there is none. */
export function diffValues(
  old: PropertyValue,
  now: PropertyValue,
  ignore: Ignore = () => false,
  path: PropertyPath = [],
): ValueDiff | undefined {
  if (isList(old) && isList(now)) {
    const array: ArrayDiff = new Changes();
    for (let i = 0; i < Math.max(old.length, now.length); i++) {
      const before = old[i];
      const after = now[i];
      if (before === undefined) {
        array.adds.set(i, after as PropertyValue);
      } else if (after === undefined) {
        array.deletes.set(i, before);
      } else {
        const inner = diffValues(before, after, ignore, [...path, i]);
        if (inner === undefined) {
          array.sames.set(i, before);
        } else {
          array.updates.set(i, inner);
        }
      }
    }
    return array.any ? { old, now, array } : undefined;
  }
  if (isMap(old) && isMap(now)) {
    const object = diffMaps(old, now, ignore, path);
    return object === undefined ? undefined : { old, now, object };
  }
  return sameValue(old, now) ? undefined : { old, now };
}

/**
 * Whether two values look the same: an unknown as another one, null in a map as an absent key, and a secret as any other
 * secret, so that no view tells whether one has changed.
 */
export function sameValue(a: PropertyValue, b: PropertyValue): boolean {
  if (a === b) {
    return true;
  }
  if (isList(a)) {
    return isList(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i] as PropertyValue));
  }
  if (a instanceof AssetOrArchive) {
    return b instanceof AssetOrArchive && a.kind === b.kind && a.hash !== "" && a.hash === b.hash;
  }
  if (isMap(a)) {
    return isMap(b) && diffMaps(a, b) === undefined;
  }
  if (a instanceof Secret) {
    return b instanceof Secret;
  }
  if (a instanceof ResourceReference) {
    const sameId = b instanceof ResourceReference && (a.id === b.id || a.id instanceof Unknown);
    return sameId && a.urn === b.urn;
  }
  if (a instanceof OutputValue) {
    const alike = b instanceof OutputValue && a.known === b.known && a.secret === b.secret;
    return alike && sameValue(a.element, b.element);
  }
  return a instanceof Unknown && b instanceof Unknown;
}
