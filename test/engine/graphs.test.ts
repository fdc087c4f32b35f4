import { expect } from "chai";
import * as fc from "fast-check";

import { failureOf } from "./support/failure";
import {
  expectDeletesInOrder,
  expectGraph,
  expectOrder,
  graphs,
  nameOf,
  program,
  retained,
  things,
} from "./support/graphs";
import type { Node } from "./support/graphs";
import { Thing } from "./support/things";
import { Killed, World } from "./support/testProvider";
import { Bench } from "./support/workspace";

const SIZE = 6;

/** Making a counterexample smaller takes longer than a test may. */
const times = (numRuns: number) => ({ numRuns, endOnFailure: true });

/** The indexes of things that fail when they are made anew, and of those that need one of them. */
function lost(nodes: readonly Node[], existing: (index: number) => boolean): Set<number> {
  const found = new Set<number>();
  nodes.forEach(({ present, fails, after }, i) => {
    if (present && ((fails && !existing(i)) || after.some((j) => found.has(j)))) {
      found.add(i);
    }
  });
  return found;
}

describe("random programs and random changes to them", () => {
  it("end in the state that the program describes, and a second run changes nothing", async () => {
    const some = fc.array(graphs({ size: SIZE, retain: true }), { minLength: 2, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(some, async (changes) => {
        const world = new World();
        await Bench.with([world], async (bench) => {
          const left = new Set<string>();
          for (const nodes of changes) {
            (await retained(bench).catch(() => [])).forEach((id) => left.add(id));
            const stack = await bench.stack(program(nodes));
            await stack.up();
            await expectGraph(world, bench, nodes, left);
            world.log.length = 0;
            await stack.up({ expectNoChanges: true });
            expect(world.log).to.deep.equal([]);
          }
          (await retained(bench)).forEach((id) => left.add(id));
          await (await bench.stack(program([]))).destroy();
          expect([...world.things.keys()].filter((id) => !left.has(id))).to.deep.equal([]);
          expect(await bench.resources()).to.deep.equal([]);
        });
      }),
      times(8),
    );
  }).timeout(120_000);

  it("keep the thing itself where only its name changes", async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs({ size: SIZE }),
        fc.array(fc.boolean(), { minLength: SIZE, maxLength: SIZE }),
        async (nodes, renames) => {
          const world = new World();
          await Bench.with([world], async (bench) => {
            await (await bench.stack(program(nodes))).up();
            const ids = [...world.things.keys()].sort();
            world.log.length = 0;
            const renamed = nodes.map((node, i) => ({ ...node, renamed: renames[i] as boolean }));
            await (await bench.stack(program(renamed))).up();
            expect([...world.things.keys()].sort()).to.deep.equal(ids);
            expect(world.log).to.deep.equal([]);
            await expectGraph(world, bench, renamed);
          });
        },
      ),
      times(6),
    );
  }).timeout(120_000);

  it("never delete what something else that goes still depends on", async () => {
    await fc.assert(
      fc.asyncProperty(graphs({ size: SIZE }), graphs({ size: SIZE }), fc.boolean(), async (nodes, after, all) => {
        const world = new World();
        await Bench.with([world], async (bench) => {
          await (await bench.stack(program(nodes))).up();
          const before = await things(bench);
          world.trace.length = 0;
          const wanted = all ? [] : after;
          await (await bench.stack(program(wanted))).up();
          expectDeletesInOrder(world, before, wanted);
          const left = await things(bench);
          world.trace.length = 0;
          await (await bench.stack(program([]))).destroy();
          expectDeletesInOrder(world, left, []);
        });
      }),
      times(10),
    );
  }).timeout(120_000);

  it("never touch the life of what is protected", async () => {
    await fc.assert(
      fc.asyncProperty(
        graphs({ size: SIZE, protect: true }),
        graphs({ size: SIZE, protect: true }),
        async (nodes, after) => {
          const world = new World();
          await Bench.with([world], async (bench) => {
            await (await bench.stack(program(nodes))).up();
            const guarded = (await things(bench)).filter((thing) => thing["protect"] === true);
            await (await bench.stack(program(after))).up().catch((error: Error) => {
              expect(error.message).to.match(/protect/);
            });
            for (const { urn, id } of guarded) {
              const index = Number(/::[tu](\d+)$/.exec(urn)?.[1]);
              const node = after[index] as Node;
              // A program may take the protection away and replace the thing at once.
              if (!node.present || node.protect) {
                expect(world.things.has(id as string), `${urn} is there`).to.equal(true);
                expect((await things(bench)).map((thing) => thing.id)).to.include(id);
              }
            }
            expectOrder(await bench.resources());
          });
        },
      ),
      times(8),
    );
  }).timeout(120_000);

  it("go on without what fails and what needs it, and are whole after the next run", async () => {
    await fc.assert(
      fc.asyncProperty(graphs({ size: SIZE }), graphs({ size: SIZE, fails: true }), async (before, drawn) => {
        // Whether another value replaces a thing would have to be known here to tell whether it fails.
        const after = drawn.map((node) => ({ ...node, strict: node.strict && !node.fails }));
        const world = new World();
        await Bench.with([world], async (bench) => {
          await (await bench.stack(program(before))).up();
          const old = await things(bench);
          const stack = await bench.stack(program(after));
          const error = await stack.up({ continueOnError: true }).then(
            () => undefined,
            (thrown: Error) => thrown,
          );
          // A thing that moves into a component or out of it, or is replaced, is made anew and may fail too.
          const stays = (i: number) => {
            const [was, now] = [before[i] as Node, after[i] as Node];
            return was.present && (was.part === undefined) === (now.part === undefined) && was.kind === now.kind;
          };
          const gone = lost(after, stays);
          expect(error?.message ?? "", "it fails if something does").to.match(gone.size > 0 ? /no room/ : /^$/);
          const state = await things(bench);
          after.forEach((node, i) => {
            if (node.present && !gone.has(i)) {
              const found = state.find(({ urn }) => urn.endsWith(`::${nameOf(node, i)}`));
              expect(world.things.get(found?.id ?? "")?.["kind"], nameOf(node, i)).to.equal(node.kind);
            }
          });
          expectOrder(await bench.resources());
          expect(old.every(({ id }) => typeof id === "string")).to.equal(true);
          const well = after.map((node) => ({ ...node, fails: false }));
          await (await bench.stack(program(well))).up();
          await expectGraph(world, bench, well);
        });
      }),
      times(10),
    );
  }).timeout(120_000);

  it("end in the same state after a failure at any step and another run", async () => {
    await fc.assert(
      fc.asyncProperty(graphs({ size: SIZE }), graphs({ size: SIZE }), async (before, after) => {
        for (let at = 0; ; at++) {
          const world = new World();
          const reached = await Bench.with([world], async (bench) => {
            await (await bench.stack(program(before))).up();
            let count = 0;
            world.during = async () => {
              if (count++ === at) {
                throw new Killed("the link went down");
              }
            };
            const stack = await bench.stack(program(after));
            const error = await stack.up({ parallel: 2 }).then(
              () => undefined,
              (thrown: Error) => thrown,
            );
            expect(error === undefined).to.equal(count <= at);
            expect(error?.message ?? "the link went down").to.include("the link went down");
            world.during = async () => undefined;
            await stack.up();
            await expectGraph(world, bench, after);
            return count > at;
          });
          if (!reached) {
            break;
          }
        }
      }),
      times(3),
    );
  }).timeout(120_000);

  it("report a failing thing by its own message", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => void new Thing("t", { fail: "no room" }));
      expect((await failureOf(stack.up())).message).to.include("no room");
    });
  });
});
