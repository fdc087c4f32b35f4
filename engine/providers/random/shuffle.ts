import { isList } from "../../property/shape";
import type { PropertyValue } from "../../property/value";
import type { BridgedResource } from "../bridge/resource";
import { shuffled } from "./draw";
import { keepers, seed } from "./keepers";

/** `random:index/randomShuffle:RandomShuffle`; its id is always `-`. */
export const randomShuffle: BridgedResource = {
  type: "random:index/randomShuffle:RandomShuffle",
  attributes: {
    keepers,
    seed,
    inputs: { kind: "strings", role: "required", terraformName: "input" },
    resultCount: { kind: "integer", role: "optional" },
    results: { kind: "strings", role: "computed", terraformName: "result" },
  },
  schemaVersion: 0,
  idOutput: true,
  async create(planned) {
    const items = isList(planned["inputs"]) ? planned["inputs"] : [];
    return { id: "-", computed: { results: draw(items, Number(planned["resultCount"] ?? items.length)) } };
  },
};

/** `count` items: whole shuffles one after the other, so that none comes again before all have come. */
function draw(items: readonly PropertyValue[], count: number): readonly PropertyValue[] {
  const results: PropertyValue[] = [];
  while (items.length > 0 && results.length < count) results.push(...shuffled(items));
  return results.slice(0, Math.max(0, count));
}
