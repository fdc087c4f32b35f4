import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "./value";
import type { PropertyMap, PropertyValue } from "./value";

/** Whether this is an object of named values: none of the special classes, no array, not null. */
export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret) &&
    !(value instanceof OutputValue) &&
    !(value instanceof ResourceReference) &&
    !(value instanceof AssetOrArchive)
  );
}

/** Whether this is an array of values. */
export function isList(value: PropertyValue | undefined): value is readonly PropertyValue[] {
  return Array.isArray(value);
}

/**
 * The same value without any `Secret` or `OutputValue` around its parts. Unknown parts stay `Unknown.value`; an output
 * that is not known becomes one. What comes back may hold secrets in clear: it is for a provider's own work only.
 */
export function reveal(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return reveal(value.element);
  if (value instanceof OutputValue) return value.known ? reveal(value.element) : Unknown.value;
  if (isList(value)) return value.map(reveal);
  if (isMap(value)) return revealMap(value);
  return value;
}

/** `reveal` for a map. */
export function revealMap(values: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, reveal(value)]));
}

/** Whether any part is secret. */
export function containsSecret(value: PropertyValue | undefined): boolean {
  return anyPart(value, (part) => part instanceof Secret || (part instanceof OutputValue && part.secret));
}

/** Whether any part cannot be known yet. */
export function containsUnknown(value: PropertyValue | undefined): boolean {
  return anyPart(value, (part) => part instanceof Unknown || (part instanceof OutputValue && !part.known));
}

/** The value as a secret; a secret stays as it is, and secrets inside lose their own wrapping. */
export function asSecret(value: PropertyValue): Secret {
  if (value instanceof Secret) return value;
  return new Secret(reveal(value));
}

function anyPart(value: PropertyValue | undefined, holds: (part: PropertyValue) => boolean): boolean {
  if (value === undefined) return false;
  if (holds(value)) return true;
  if (value instanceof Secret || value instanceof OutputValue) return anyPart(value.element, holds);
  if (isList(value)) return value.some((part) => anyPart(part, holds));
  if (isMap(value)) return Object.values(value).some((part) => anyPart(part, holds));
  return false;
}
