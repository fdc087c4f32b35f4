import { isList, isMap, mapValues } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";

/** The live object cut down to what the inputs name, so that what others added is no difference. */
export function pruned(live: PropertyMap, inputs: PropertyMap): PropertyMap {
  return mapValues(live, (value, key) => (key in inputs ? prunedValue(value, inputs[key] ?? null) : undefined));
}

function prunedValue(live: PropertyValue, input: PropertyValue): PropertyValue {
  if (isMap(live) && isMap(input)) return pruned(live, input);
  if (!isList(live) || !isList(input)) return live;
  return live.slice(0, input.length).map((part, at) => prunedValue(part, input[at] ?? null));
}
