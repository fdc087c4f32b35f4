import type { PropertyPath } from "../../../property/path";
import { isList, isMap } from "../../../property/shape";
import type { PropertyMap, PropertyValue } from "../../../property/value";
import { textAt } from "../kinds";
import { metadataOf } from "../object";

/** Managers of objects that were not applied on the server before, whose fields the applying one takes over. */
const former: ReadonlySet<string> = new Set([
  "kubectl Apply",
  "kubectl Update",
  "before-first-apply Update",
  "pulumi-kubernetes Update",
  "pulumi-kubernetes.exe Update",
  "pulumi-resource-kubernetes Update",
]);

/** Managers of objects that this provider, or an older one, created. */
const creators: ReadonlySet<string> = new Set(
  ["pulumi-kubernetes", "pulumi-kubernetes.exe", "pulumi-resource-kubernetes"].map((name) => `${name} Update`),
);

/** Whether an object was made by this provider without an apply since. */
export function isCreatedOnly(live: PropertyMap): boolean {
  return entries(live).some((entry) => creators.has(keyOf(entry)));
}

/** Whether nothing is known of who manages an object's fields: it is from before the server kept book of that. */
export function isUnmanaged(live: PropertyMap): boolean {
  return entries(live).length === 0;
}

/** Who manages a field or anything below it. Fields within lists are nobody's: their keys are no indices. */
export function holdersOf(live: PropertyMap, path: PropertyPath): ReadonlySet<string> {
  const holds = (entry: PropertyMap): boolean => {
    let fields: PropertyValue = entry["fieldsV1"] ?? null;
    for (const step of path) {
      if (!isMap(fields)) return false;
      fields = fields[`f:${step}`] ?? null;
    }
    return isMap(fields);
  };
  return new Set(
    entries(live)
      .filter(holds)
      .map((entry) => textAt(entry, "manager")),
  );
}

/**
 * The JSON patch that hands the fields of the former managers to `fieldManager`, as the official provider does before
 * each apply; undefined if there is nothing to hand over.
 */
export function takeover(live: PropertyMap, fieldManager: string): PropertyValue | undefined {
  const all = entries(live);
  const taken = all.filter((entry) => former.has(keyOf(entry)) && entry["subresource"] === undefined);
  if (taken.length === 0) return undefined;
  const own = all.find((entry) => keyOf(entry) === `${fieldManager} Apply` && entry["subresource"] === undefined);
  const merged = [...(own === undefined ? [] : [own]), ...taken];
  const fields = merged.reduce<PropertyMap>((sum, entry) => mergedFields(sum, entry["fieldsV1"] ?? null), {});
  const entry = { ...(merged[0] as PropertyMap), manager: fieldManager, operation: "Apply", fieldsV1: fields };
  const value = [...all.filter((found) => !merged.includes(found)), entry];
  return [
    { op: "replace", path: "/metadata/managedFields", value },
    { op: "replace", path: "/metadata/resourceVersion", value: metadataOf(live)["resourceVersion"] ?? null },
  ];
}

function entries(live: PropertyMap): readonly PropertyMap[] {
  const fields = metadataOf(live)["managedFields"];
  return isList(fields) ? fields.filter(isMap) : [];
}

function keyOf(entry: PropertyMap): string {
  return `${textAt(entry, "manager")} ${textAt(entry, "operation")}`;
}

function mergedFields(left: PropertyMap, right: PropertyValue): PropertyMap {
  if (!isMap(right)) return left;
  const out: Record<string, PropertyValue> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const before = out[key];
    out[key] = isMap(before) ? mergedFields(before, value) : value;
  }
  return out;
}
