import { hasSecret, mapValues, secretOf } from "../../property/shape";
import { Secret } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";
import type { Attributes, BridgedResource, Made } from "./resource";

/** State that the bridge keeps beside the outputs. */
const metaKey = "__meta";
const deltaKey = "__pulumi_raw_state_delta";

/**
 * The outputs of a bridged resource as the official bridge stores them, with its notes on how Terraform's raw state
 * differs.
 *
 * @param inputs the checked inputs: where they hold a secret, the output of the same name is one.
 */
export function bridgedOutputs(
  resource: BridgedResource,
  inputs: PropertyMap,
  planned: PropertyMap,
  made: Made,
): PropertyMap {
  const values: PropertyMap = { ...planned, ...made.computed, ...(resource.idOutput ? { id: made.id } : {}) };
  return {
    ...marked(resource, inputs, values),
    ...(resource.schemaVersion > 0
      ? { [metaKey]: JSON.stringify({ schema_version: `${resource.schemaVersion}` }) }
      : {}),
    [deltaKey]: rawStateDelta(resource.attributes, values),
  };
}

/** The values with those secret that the schema or the inputs say are. */
export function marked(resource: BridgedResource, inputs: PropertyMap, values: PropertyMap): PropertyMap {
  return mapValues(values, (value, name) =>
    resource.attributes[name]?.sensitive === true || hasSecret(inputs[name]) ? secretOf(value) : value,
  );
}

/**
 * How Terraform's state is recovered from the outputs, in the official bridge's notation: `arr` and `map` where the
 * kind cannot be seen from the value, `plu` for an object that Terraform keeps in a list, `replace` with null for an
 * attribute without a value, and the names that do not follow from each other.
 */
export function rawStateDelta(attributes: Attributes, values: PropertyMap): PropertyMap {
  const parts: Record<string, PropertyValue> = {};
  const renamed: Record<string, PropertyValue> = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    const value = values[name] ?? null;
    if (value === null) {
      // The official bridge marks every `replace` secret, whatever it holds.
      parts[name] = new Secret({ replace: { raw: attribute.kind === "block" ? [] : null } });
    } else if (attribute.kind === "strings") parts[name] = { arr: {} };
    else if (attribute.kind === "stringMap") parts[name] = { map: {} };
    else if (attribute.kind === "block") {
      parts[name] = { plu: { i: rawStateDelta(attribute.attributes ?? {}, value as PropertyMap) } };
    }
    if (attribute.terraformName !== undefined) renamed[name] = attribute.terraformName;
  }
  return {
    obj: {
      ...(Object.keys(parts).length > 0 ? { ps: parts } : {}),
      ...(Object.keys(renamed).length > 0 ? { renamed } : {}),
    },
  };
}
