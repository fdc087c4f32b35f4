import type { PropertyMap, PropertyValue } from "./value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "./value";

/** Whether the value is a plain map of named values, and none of the marker classes. */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret) &&
    !(value instanceof Unknown) &&
    !(value instanceof OutputValue) &&
    !(value instanceof ResourceReference) &&
    !(value instanceof AssetOrArchive)
  );
}

/** Whether the value is a list. */
export function isList(value: PropertyValue | undefined): value is readonly PropertyValue[] {
  return Array.isArray(value);
}

/** The same map with `change` applied to each value; entries for which it answers `undefined` are left out. */
export function mapValues(
  map: PropertyMap,
  change: (value: PropertyValue, key: string) => PropertyValue | undefined,
): PropertyMap {
  const out: Record<string, PropertyValue> = {};
  for (const [key, value] of Object.entries(map)) {
    const changed = change(value, key);
    if (changed !== undefined) {
      define(out, key, changed);
    }
  }
  return out;
}

/** Sets a key that came from outside; a plain assignment of `__proto__` would change the object's prototype. */
export function define<V>(target: Record<string, V>, key: string, value: V): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[key] = value;
  }
}

/** Whether anything in the value is unknown. */
export function hasUnknown(value: PropertyValue | undefined): boolean {
  if (value instanceof Unknown) {
    return true;
  }
  if (value instanceof Secret) {
    return hasUnknown(value.element);
  }
  if (value instanceof OutputValue) {
    return !value.known || hasUnknown(value.element);
  }
  if (value instanceof ResourceReference) {
    return value.id instanceof Unknown;
  }
  if (isList(value)) {
    return value.some(hasUnknown);
  }
  return isMap(value) && Object.values(value).some(hasUnknown);
}

/** Whether anything in the value is secret. */
export function hasSecret(value: PropertyValue | undefined): boolean {
  if (value instanceof Secret) {
    return true;
  }
  if (value instanceof OutputValue) {
    return value.secret || hasSecret(value.element);
  }
  if (isList(value)) {
    return value.some(hasSecret);
  }
  return isMap(value) && Object.values(value).some(hasSecret);
}

/** A secret around a value, without nesting secrets in secrets. */
export function secretOf(value: PropertyValue): Secret {
  return value instanceof Secret ? value : new Secret(withoutSecrets(value));
}

/** The value with every secret unwrapped. */
export function withoutSecrets(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) {
    return withoutSecrets(value.element);
  }
  if (isList(value)) {
    return value.map(withoutSecrets);
  }
  return isMap(value) ? mapValues(value, withoutSecrets) : value;
}

/**
 * What a provider without support for outputs and references sees: an output becomes its value, a secret or an
 * unknown; a reference becomes the resource's id, or its URN if it has none.
 */
export function forProvider(value: PropertyValue): PropertyValue {
  if (value instanceof OutputValue) {
    const element = value.known ? forProvider(value.element) : Unknown.value;
    return value.secret ? secretOf(element) : element;
  }
  if (value instanceof ResourceReference) {
    return value.id === undefined ? value.urn : value.id;
  }
  if (value instanceof Secret) {
    return secretOf(forProvider(value.element));
  }
  if (isList(value)) {
    return value.map(forProvider);
  }
  return isMap(value) ? mapValues(value, forProvider) : value;
}

/** `forProvider` without the change to references, for components, whose inputs keep them. */
export function withoutOutputs(value: PropertyValue): PropertyValue {
  if (value instanceof OutputValue) {
    const element = value.known ? withoutOutputs(value.element) : Unknown.value;
    return value.secret ? secretOf(element) : element;
  }
  if (value instanceof Secret) {
    return secretOf(withoutOutputs(value.element));
  }
  if (isList(value)) {
    return value.map(withoutOutputs);
  }
  return isMap(value) ? mapValues(value, withoutOutputs) : value;
}
