import { isList, isMap, mapValues, withoutSecrets } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { textAt } from "./kinds";

/** Keys that hold a dash in Kubernetes and an underscore in the SDK's types. */
const dashed = [
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
];
const toDash = new Map(dashed.map((key) => [key.replaceAll("-", "_"), key]));
const toUnderscore = new Map(dashed.map((key) => [key, key.replaceAll("-", "_")]));

/** The Kubernetes object in a resource's inputs: without secrets, with Kubernetes' own keys. */
export function objectOf(inputs: PropertyMap): PropertyMap {
  return renamed(withoutSecrets(inputs), toDash) as PropertyMap;
}

/** An object with the keys that outputs have. */
export function outputForm(object: PropertyMap): PropertyMap {
  return renamed(object, toUnderscore) as PropertyMap;
}

function renamed(value: PropertyValue, names: ReadonlyMap<string, string>): PropertyValue {
  if (isList(value)) return value.map((part) => renamed(part, names));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [names.get(key) ?? key, renamed(part, names)]));
}

/** The object's metadata; empty if it has none or none that is known. */
export function metadataOf(object: PropertyMap): PropertyMap {
  const metadata = object["metadata"];
  return isMap(metadata) ? metadata : {};
}

export function nameOf(object: PropertyMap): string {
  return textAt(metadataOf(object), "name");
}

export function namespaceOf(object: PropertyMap): string {
  return textAt(metadataOf(object), "namespace");
}

/** The annotation's value, or an empty string. */
export function annotationOf(object: PropertyMap, key: string): string {
  const annotations = metadataOf(object)["annotations"];
  return isMap(annotations) ? textAt(annotations, key) : "";
}

/** The object with some metadata set, and those given as undefined taken away. */
export function withMetadata(
  object: PropertyMap,
  changes: Readonly<Record<string, PropertyValue | undefined>>,
): PropertyMap {
  const metadata = { ...metadataOf(object), ...changes };
  return { ...object, metadata: mapValues(metadata as PropertyMap, (value) => value) };
}

/** `NAMESPACE/NAME`, or the name alone: the resource's id. */
export function qualifiedName(object: PropertyMap): string {
  const namespace = namespaceOf(object);
  return namespace === "" ? nameOf(object) : `${namespace}/${nameOf(object)}`;
}
