import { isMap } from "../../property/shape";
import type { Attribute } from "../bridge/resource";

/** Values whose change makes a new random result. Keys that come with no value do not. */
export const keepers: Attribute = {
  kind: "stringMap",
  role: "optional",
  // An empty map and none at all are the same set of values.
  replaces: (old, now) => [old, now].some((value) => isMap(value) && Object.keys(value).length > 0),
};

/** Go's generator behind `seed` is not repeated here; a silent other result would be worse than none. */
export const seed: Attribute = {
  kind: "string",
  role: "optional",
  refused: "is not served by the embedded engine: leave it out, or create this resource with the official engine once",
};
