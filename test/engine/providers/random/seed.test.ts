import { expect } from "chai";
import * as fc from "fast-check";
import { GoGenerator } from "../../../../engine/providers/random/goGenerator";
import type { PropertyMap } from "../../../../engine/property/value";
import { randomProvider } from "../../../../engine/providers/random/provider";
import { recordingContext } from "../recording";

/** By seed: Intn of 1000, 1024, 2147483647, 2^40 and 7, then Perm(6), as Go 1.26 prints them. */
const printed: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ["edge", [617, 64, 618799183, 148077154838, 0], [3, 4, 5, 1, 0, 2]],
  ["a", [582, 475, 1806788817, 513292873093, 3], [3, 5, 4, 0, 2, 1]],
  ["hello world", [496, 695, 1507347759, 875937663462, 0], [2, 0, 1, 4, 3, 5]],
  ["ünïcode", [956, 142, 1669086513, 526729252235, 0], [1, 2, 4, 3, 0, 5]],
  ["seed-0123456789", [128, 568, 425313748, 822967130180, 3], [0, 2, 5, 3, 4, 1]],
];

describe("a seed", () => {
  for (const [seed, numbers, order] of printed) {
    it(`'${seed}' gives the numbers and the order that Go gives`, () => {
      const generator = new GoGenerator(seed);
      const drawn = [1000n, 1024n, 2147483647n, 1n << 40n, 7n].map((limit) => Number(generator.below(limit)));
      expect(drawn).to.deep.equal(numbers);
      expect(generator.permutation(6)).to.deep.equal(order);
    });
  }

  it("gives numbers below the limit and whole permutations, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.bigInt(1n, 1n << 63n), fc.nat(40), (seed, limit, count) => {
        const generator = new GoGenerator(seed);
        const drawn = generator.below(limit);
        expect(drawn >= 0n && drawn < limit).to.equal(true);
        expect([...generator.permutation(count)].sort((a, b) => a - b)).to.deep.equal([...Array(count).keys()]);
      }),
      { numRuns: 50 },
    );
  });

  const create = async (kind: string, inputs: PropertyMap) => {
    const provider = await randomProvider().configure({}, recordingContext());
    const type = `random:index/random${kind}:Random${kind}`;
    const resource = { urn: `urn:pulumi:dev::p::${type}::n`, type, name: "n" };
    const request = { ...resource, olds: {}, news: inputs, randomSeed: new Uint8Array(32) };
    const checked = await provider.check(request, recordingContext());
    expect(checked.failures).to.deep.equal([]);
    return await provider.create(
      { ...resource, inputs: checked.inputs, timeout: 0, preview: false },
      recordingContext(),
    );
  };

  it("makes the same integer each time, counted from min", async () => {
    const { id, outputs } = await create("Integer", { min: 1, max: 1000, seed: "edge" });
    expect([id, outputs["result"], outputs["seed"]]).to.deep.equal(["618", 618, "edge"]);
  });

  it("shuffles the same way each time, on through the second round", async () => {
    const { outputs } = await create("Shuffle", { inputs: ["a", "b", "c"], resultCount: 5, seed: "edge" });
    const generator = new GoGenerator("edge");
    const order = [...generator.permutation(3), ...generator.permutation(3)].slice(0, 5);
    expect(outputs["results"]).to.deep.equal(order.map((at) => "abc"[at]));
  });
});
