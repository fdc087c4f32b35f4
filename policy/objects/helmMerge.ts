import { isMapping, type Mapping } from "./json";

/** Values as Helm merges them: mappings key by key, everything else as a whole; null takes a key away. */
export function helmMerged(below: Mapping, above: Mapping): Mapping {
  const result: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === null) delete result[key];
    else result[key] = isMapping(value) && isMapping(result[key]) ? helmMerged(result[key], value) : value;
  }
  return result;
}
