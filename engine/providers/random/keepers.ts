import { isMap } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import type { Attribute } from "../bridge/resource";
import { GoGenerator } from "./goGenerator";

/** Values whose change makes a new random result. Keys that come with no value do not. */
export const keepers: Attribute = {
  kind: "stringMap",
  role: "optional",
  // An empty map and none at all are the same set of values.
  replaces: (old, now) => [old, now].some((value) => isMap(value) && Object.keys(value).length > 0),
};

/** Makes the same result for the same text, as the official provider does; see `goGenerator.ts`. */
export const seed: Attribute = { kind: "string", role: "optional" };

/** The generator of a seed; undefined without one, and for an empty one, which the official provider takes for none. */
export function seeded(planned: PropertyMap): GoGenerator | undefined {
  const text = planned["seed"];
  return typeof text === "string" && text !== "" ? new GoGenerator(text) : undefined;
}
