import { hasSecret, isMap, mapValues, secretOf } from "../../property/shape";
import { Secret } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";

/**
 * Marks in `values` what is secret in `inputs`: objects part by part, anything else as a whole, so that a list with
 * one secret is all secret, wherever its parts have moved to. The data of a Secret object always is.
 */
export function withSecrecyOf(values: PropertyMap, inputs: PropertyMap): PropertyMap {
  const isSecret = values["kind"] === "Secret";
  return mapValues(values, (value, key) => {
    if (isSecret && (key === "data" || key === "stringData")) return secretOf(value);
    const input = inputs[key];
    return input === undefined ? value : marked(value, input);
  });
}

function marked(value: PropertyValue, input: PropertyValue): PropertyValue {
  if (isMap(value) && isMap(input)) return withSecrecyOf(value, input);
  return hasSecret(input) && !(value instanceof Secret) ? secretOf(value) : value;
}
