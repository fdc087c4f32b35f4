import * as fc from "fast-check";

import type { PropertyMap, PropertyValue } from "../../../engine/property/value";
import { AssetOrArchive, ResourceReference, Secret, Unknown } from "../../../engine/property/value";
import { define, withoutSecrets } from "../../../engine/property/shape";

const key = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== "4dabf18193072939515e22adb298388d");

/** A map from arbitrary keys, `__proto__` among them. */
function mapOf(entries: readonly (readonly [string, PropertyValue])[]): PropertyMap {
  const out: Record<string, PropertyValue> = {};
  entries.forEach(([name, value]) => define(out, name, value));
  return out;
}

/** Any value that travels: plain ones, secrets, unknowns, references and assets. */
export const anyValue: fc.Arbitrary<PropertyValue> = fc.letrec<{ value: PropertyValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
    fc.string(),
    fc.constant(Unknown.value),
    fc.string().map((urn) => new ResourceReference(`urn:${urn}`, undefined, "1.0.0")),
    fc.string({ minLength: 1 }).map((id) => new ResourceReference("urn:x", id, "")),
    fc.string({ minLength: 1 }).map((text) => new AssetOrArchive("asset", "00", { text })),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map(mapOf),
    tie("value").map((value) => new Secret(withoutSecrets(value))),
  ),
})).value;

/** Any map of such values. */
export const anyMap: fc.Arbitrary<PropertyMap> = fc.array(fc.tuple(key, anyValue), { maxLength: 5 }).map(mapOf);
