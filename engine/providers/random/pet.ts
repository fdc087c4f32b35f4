import type { BridgedResource } from "../bridge/resource";
import { drawOne } from "./draw";
import { keepers } from "./keepers";
import { adjectives, adverbs, animals } from "./petWords";

/** `random:index/randomPet:RandomPet`: adverbs, an adjective and an animal; its id is the name. */
export const randomPet: BridgedResource = {
  type: "random:index/randomPet:RandomPet",
  attributes: {
    keepers,
    length: { kind: "integer", role: "optional", default: 2 },
    prefix: { kind: "string", role: "optional", replaces: (old, now) => (old ?? "") !== (now ?? "") },
    separator: { kind: "string", role: "optional", default: "-" },
  },
  schemaVersion: 0,
  idOutput: true,
  // The official provider stores no empty prefix.
  complete: (planned) => {
    const { prefix, ...rest } = planned;
    return prefix === "" || prefix === undefined ? rest : planned;
  },
  async create(planned) {
    const separator = String(planned["separator"]);
    const words = petName(Number(planned["length"]));
    const prefix = planned["prefix"] === undefined ? [] : [String(planned["prefix"])];
    return { id: [...prefix, ...words].join(separator), computed: {} };
  },
};

/** Two words or fewer hold no adverb; a name of less than two words is an animal alone only for exactly one. */
function petName(length: number): string[] {
  if (length === 1) return [drawOne(animals)];
  const before = Array.from({ length: Math.max(0, length - 2) }, () => drawOne(adverbs));
  return [...before, drawOne(adjectives), drawOne(animals)];
}
