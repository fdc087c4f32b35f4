import { createHash } from "node:crypto";

import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** Numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/**
 * The same numbers for the same seed, on every machine.
 * @param seed a whole number.
 * @param run the numbers of one run tell nothing of those of another, be it of the same seed or of its neighbour.
 */
export function randomOf(seed: number, run = 0): Random {
  // The generator's first numbers are nearly its seed, so small seeds would all begin alike.
  const state = createHash("sha256").update(`${seed}/${run}`).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((offset) => state.readInt32BE(offset)));
  return () => uniformFloat64(generator);
}
