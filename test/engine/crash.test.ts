import { expect } from "chai";
import * as fc from "fast-check";

import { FileBackend } from "../../engine/state/backend";
import { expectOrder, graphs, program, things } from "./support/graphs";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

const SIZE = 4;

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
async function described(bench: Bench): Promise<unknown> {
  const plain = (await things(bench)).map(({ urn, inputs, dependencies, parent, ...rest }) => ({
    urn,
    inputs,
    parent,
    dependencies: dependencies ?? [],
    waiting: rest["delete"] === true || rest["pendingReplacement"] === true,
  }));
  return plain.sort((a, b) => (a.urn < b.urn ? -1 : 1));
}

describe("a crash at each write of the state", () => {
  it("and a refresh and another update end in the state that there would be without it", async () => {
    let crashes = 0;
    await fc.assert(
      fc.asyncProperty(graphs({ size: SIZE }), graphs({ size: SIZE }), async (before, after) => {
        const expected = await Bench.with([new World()], async (bench) => {
          await (await bench.stack(program(before))).up();
          await (await bench.stack(program(after))).up();
          return described(bench);
        });
        for (let at = 0; ; at++) {
          const world = new World();
          const died = await Bench.with([world], async (bench) => {
            await (await bench.stack(program(before))).up();
            const stack = await bench.stack(program(after));
            const reached = await dyingAt(at, () => stack.up({ parallel: 2 }));
            // Whatever the moment, the state can be read, and says of everything what it needs.
            expectOrder(await bench.resources());
            await stack.refresh({ clearPendingCreates: true });
            await stack.up();
            expect(await described(bench)).to.deep.equal(expected);
            // What the state names is there; more can only be what was being made when the process died.
            const ids = (await things(bench)).map(({ id }) => id as string);
            ids.forEach((id) => expect(world.things.has(id)).to.equal(true));
            expect(world.things.size - ids.length).to.be.at.most(reached ? 2 : 0);
            await stack.up({ expectNoChanges: true });
            return reached;
          });
          if (!died) {
            break;
          }
          crashes += 1;
        }
      }),
      { numRuns: 4, endOnFailure: true },
    );
    expect(crashes).to.be.greaterThan(4);
  }).timeout(180_000);
});
