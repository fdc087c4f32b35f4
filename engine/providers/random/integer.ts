import type { BridgedResource } from "../bridge/resource";
import { drawInteger } from "./draw";
import { keepers, seed, seeded } from "./keepers";

/** `random:index/randomInteger:RandomInteger`; both ends are included, the id is the number. */
export const randomInteger: BridgedResource = {
  type: "random:index/randomInteger:RandomInteger",
  attributes: {
    keepers,
    min: { kind: "integer", role: "required" },
    max: { kind: "integer", role: "required" },
    seed,
    result: { kind: "integer", role: "computed" },
  },
  schemaVersion: 0,
  idOutput: true,
  check({ min, max }) {
    const known = [min, max].every((value) => typeof value === "number" || typeof value === "string");
    if (!known || Number(max) >= Number(min)) return [];
    return [{ property: "max", reason: `is ${String(max)}, below min, which is ${String(min)}` }];
  },
  async create(planned) {
    const [min, max] = [Number(planned["min"]), Number(planned["max"])];
    const generator = seeded(planned);
    const result =
      generator === undefined
        ? drawInteger(min, max)
        : Number(BigInt(min) + generator.below(BigInt(max) - BigInt(min) + 1n));
    return { id: String(result), computed: { result } };
  },
  import(id) {
    const [result, min, max, ...rest] = id.split(",").map(Number);
    if (rest.length > 0 || ![result, min, max].every((value) => Number.isSafeInteger(value))) {
      throw new Error("the id to import must be RESULT,MIN,MAX");
    }
    return { id: String(result), computed: { result: Number(result), min: Number(min), max: Number(max) } };
  },
};
