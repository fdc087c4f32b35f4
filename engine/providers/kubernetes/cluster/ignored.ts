import { ignoreChanges, parsePath } from "../../../property/path";
import type { PropertyPath } from "../../../property/path";
import { isMap, mapValues } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { holdersOf } from "./managers";

/**
 * What is applied where changes of some fields are to be ignored: a field that only others manage is left out, so that
 * it is neither changed nor shared; any other is applied as it is in the cluster, since leaving it out would take it
 * away.
 */
export function withoutIgnored(
  object: PropertyMap,
  live: PropertyMap,
  fieldManager: string,
  ignored: readonly string[],
): PropertyMap {
  return ignored.reduce((applied, text) => {
    const path = parsePath(text);
    const holders = holdersOf(live, path);
    const isOthers = holders.size > 0 && !holders.has(fieldManager);
    return isOthers ? without(applied, path) : ignoreChanges(applied, live, [text]).inputs;
  }, object);
}

function without(object: PropertyMap, [step, ...rest]: PropertyPath): PropertyMap {
  return mapValues(object, (value, key) => {
    if (key !== step) return value;
    if (rest.length === 0) return undefined;
    return isMap(value) ? without(value, rest) : value;
  });
}
