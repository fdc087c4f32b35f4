import { createHash } from "node:crypto";
import { isMap } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap } from "../../property/value";
import { textAt } from "./kinds";
import { annotationOf, metadataOf, nameOf, withMetadata } from "./object";

const autonamed = "pulumi.com/autonamed";

/** Whether the object has a name, or will have one that is not known yet. */
export function isNamed(object: PropertyMap): boolean {
  return (
    nameOf(object) !== "" || metadataOf(object)["name"] instanceof Unknown || object["metadata"] instanceof Unknown
  );
}

/** Whether the API server would have to make the name. */
export function hasGenerateName(object: PropertyMap): boolean {
  const { generateName } = metadataOf(object);
  return !isNamed(object) && (generateName instanceof Unknown || textAt(metadataOf(object), "generateName") !== "");
}

/** Whether this provider made the name up. */
export function isAutonamed(object: PropertyMap): boolean {
  return annotationOf(object, autonamed) === "true";
}

/**
 * Names an object that has no name: by the name it was given last time, or `LOGICALNAME-` and 8 hexadecimal digits of
 * the seed.
 *
 * @param old the object as checked last time; empty for a new one.
 */
export function named(object: PropertyMap, old: PropertyMap, logicalName: string, seed: Uint8Array): PropertyMap {
  if (isNamed(object) || hasGenerateName(object)) return object;
  if (Object.keys(old).length === 0) return withAutoname(object, `${logicalName}-${digest(seed)}`);
  return isAutonamed(old) ? withAutoname(object, nameOf(old)) : object;
}

function withAutoname(object: PropertyMap, name: string): PropertyMap {
  const { annotations } = metadataOf(object);
  if (annotations instanceof Unknown) return withMetadata(object, { name });
  return withMetadata(object, {
    name,
    annotations: { ...(isMap(annotations) ? annotations : {}), [autonamed]: "true" },
  });
}

function digest(seed: Uint8Array): string {
  return createHash("sha256").update(seed).digest("hex").slice(0, 8);
}
