import { isList, isMap } from "./shape";
import type { PropertyMap, PropertyValue } from "./value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "./value";

/** Whether two values are the same, a secret being different from its own plain text. */
export function equalValues(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (a === b) {
    return true;
  }
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && equalValues(a.element, b.element);
  }
  if (a instanceof Unknown || b instanceof Unknown) {
    return false;
  }
  if (a instanceof OutputValue || b instanceof OutputValue) {
    return (
      a instanceof OutputValue &&
      b instanceof OutputValue &&
      a.known === b.known &&
      a.secret === b.secret &&
      equalValues(a.element, b.element)
    );
  }
  if (a instanceof ResourceReference || b instanceof ResourceReference) {
    return (
      a instanceof ResourceReference &&
      b instanceof ResourceReference &&
      a.urn === b.urn &&
      a.id === b.id &&
      a.packageVersion === b.packageVersion
    );
  }
  if (a instanceof AssetOrArchive || b instanceof AssetOrArchive) {
    // Two assets with the same content are the same, wherever they lie.
    return (
      a instanceof AssetOrArchive &&
      b instanceof AssetOrArchive &&
      a.kind === b.kind &&
      a.hash !== "" &&
      a.hash === b.hash
    );
  }
  if (isList(a) || isList(b)) {
    return isList(a) && isList(b) && a.length === b.length && a.every((value, i) => equalValues(value, b[i]));
  }
  return isMap(a) && isMap(b) && equalMaps(a, b);
}

/** `equalValues` for maps. */
export function equalMaps(a: PropertyMap, b: PropertyMap): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.prototype.hasOwnProperty.call(b, key) && equalValues(a[key], b[key]))
  );
}
