import { isList } from "../../property/shape";
import type { PropertyValue } from "../../property/value";
import type { BridgedResource } from "../bridge/resource";
import { shuffled } from "./draw";
import { keepers, seed, seeded } from "./keepers";

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
    const generator = seeded(planned);
    const shuffle =
      generator === undefined
        ? shuffled<PropertyValue>
        : (all: readonly PropertyValue[]) => generator.permutation(all.length).map((at) => all[at] ?? null);
    const count = Number(planned["resultCount"] ?? items.length);
    return { id: "-", computed: { results: draw(items, count, shuffle) } };
  },
};

/** `count` items: whole shuffles one after the other, so that none comes again before all have come. */
function draw(
  items: readonly PropertyValue[],
  count: number,
  shuffle: (items: readonly PropertyValue[]) => readonly PropertyValue[],
): readonly PropertyValue[] {
  const results: PropertyValue[] = [];
  while (items.length > 0 && results.length < count) results.push(...shuffle(items));
  return results.slice(0, Math.max(0, count));
}
