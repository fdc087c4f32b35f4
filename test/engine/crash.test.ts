import { expect } from "chai";
import * as fc from "fast-check";

import { FileBackend } from "../../engine/state/backend";
import { Thing } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

/** One thing of a random program, which depends on the one before it or on nothing. */
interface Node {
  readonly present: boolean;
  readonly value: number;
  readonly kind: string;
  readonly chained: boolean;
}

const node: fc.Arbitrary<Node> = fc.record({
  present: fc.boolean(),
  value: fc.nat(2),
  kind: fc.constantFrom("a", "b"),
  chained: fc.boolean(),
});

const graph = fc.array(node, { minLength: 4, maxLength: 4 });

const program = (nodes: readonly Node[]) => async () => {
  let last: Thing | undefined;
  nodes.forEach(({ present, value, kind, chained }, i) => {
    if (present) {
      last = new Thing(`t${i}`, { value, kind }, chained && last ? { dependsOn: last } : {});
    }
  });
};

/** Runs `work` as in a process that dies with its write number `at`: nothing reaches the disk any more. */
async function dyingAt(at: number, work: () => Promise<unknown>): Promise<boolean> {
  const { prototype } = FileBackend;
  const { write } = prototype;
  let count = 0;
  prototype.write = async function (...args) {
    if (count++ >= at) {
      throw new Error("the process was killed");
    }
    return write.apply(this, args);
  };
  try {
    await work().catch(() => undefined);
    return count > at;
  } finally {
    prototype.write = write;
  }
}

/** What the state says of the things, but for ids and times. */
async function things(bench: Bench): Promise<unknown> {
  const found = (await bench.resources()).filter(({ type }) => type === "test:index:Thing");
  const plain = found.map(({ urn, inputs, dependencies, ...rest }) => ({
    urn,
    inputs,
    dependencies: dependencies ?? [],
    waiting: rest["delete"] === true || rest["pendingReplacement"] === true,
  }));
  return plain.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

describe("a crash at any write of the state", () => {
  it("and a refresh and another update end in the state that there would be without it", async () => {
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(graph, graph, fc.nat(12), async (before, after, at) => {
        const expected = await Bench.with([new World()], async (bench) => {
          await (await bench.stack(program(before))).up();
          await (await bench.stack(program(after))).up();
          return things(bench);
        });
        const world = new World();
        await Bench.with([world], async (bench) => {
          await (await bench.stack(program(before))).up();
          const stack = await bench.stack(program(after));
          crashes += Number(await dyingAt(at, () => stack.up({ parallel: 2 })));
          await stack.refresh({ clearPendingCreates: true });
          await stack.up();
          expect(await things(bench)).to.deep.equal(expected);
          // What the state names is there; more can only be what was being made when the process died.
          const ids = (await bench.resources()).filter(({ type }) => type === "test:index:Thing").map(({ id }) => id);
          ids.forEach((id) => expect(world.things.has(id as string)).to.equal(true));
          expect(world.things.size - ids.length).to.be.at.most(2);
          await stack.up({ expectNoChanges: true });
        });
      }),
      { numRuns: 25 },
    );
    expect(crashes).to.be.greaterThan(0);
  }).timeout(180_000);
});
