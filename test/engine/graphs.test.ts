import { expect } from "chai";
import * as fc from "fast-check";

import { failureOf } from "./support/failure";
import { Thing } from "./support/things";
import { Killed, World } from "./support/testProvider";
import { Bench } from "./support/workspace";

/** One thing of a random program: it may depend on things before it. */
interface Node {
  readonly present: boolean;
  readonly value: number;
  readonly kind: string;
  readonly firstDelete: boolean;
  readonly after: readonly number[];
}

const SIZE = 6;

const node = (index: number): fc.Arbitrary<Node> =>
  fc.record({
    present: fc.boolean(),
    value: fc.nat(2),
    kind: fc.constantFrom("a", "b"),
    firstDelete: fc.boolean(),
    after: index === 0 ? fc.constant([]) : fc.uniqueArray(fc.nat(index - 1), { maxLength: 2 }),
  });

const graph: fc.Arbitrary<readonly Node[]> = fc.tuple(...Array.from({ length: SIZE }, (_, i) => node(i)));

function program(nodes: readonly Node[]) {
  return async () => {
    const made = new Map<number, Thing>();
    nodes.forEach((one, i) => {
      if (one.present) {
        const needs = one.after.map((j) => made.get(j)).filter((thing) => thing !== undefined);
        const { value, kind, firstDelete } = one;
        // The first need gives a value, the second only an order.
        const input = needs[0] === undefined ? value : needs[0].made.apply((n) => [value, n > 0]);
        made.set(i, new Thing(`t${i}`, { value: input, kind, firstDelete }, { dependsOn: needs.slice(1) }));
      }
    });
  };
}

/** The world is what the program says: each thing once, with its kind. */
async function expectWorld(world: World, bench: Bench, nodes: readonly Node[]): Promise<void> {
  const wanted = nodes.flatMap(({ present, kind }, i) => (present ? [`t${i} ${kind}`] : [])).sort();
  const there = [...world.things].map(([id, thing]) => `${id.replace(/-\d+$/, "")} ${String(thing["kind"])}`).sort();
  expect(there).to.deep.equal(wanted);
  const resources = (await bench.resources()).filter(({ type }) => type === "test:index:Thing");
  expect(resources.map(({ id }) => id).sort()).to.deep.equal([...world.things.keys()].sort());
  const seen = new Set<string>();
  for (const { urn, dependencies } of await bench.resources()) {
    dependencies?.forEach((needed) => expect(seen).to.include(needed));
    seen.add(urn);
  }
}

describe("random programs and random changes to them", () => {
  it("end in the state that the program describes, and a second run changes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(graph, { minLength: 1, maxLength: 3 }), async (graphs) => {
        const world = new World();
        await Bench.with([world], async (bench) => {
          for (const nodes of graphs) {
            const stack = await bench.stack(program(nodes));
            await stack.up();
            await expectWorld(world, bench, nodes);
            world.log.length = 0;
            await stack.up({ expectNoChanges: true });
            expect(world.log).to.deep.equal([]);
          }
          await (await bench.stack(program([]))).destroy();
          expect(world.things.size).to.equal(0);
          expect(await bench.resources()).to.deep.equal([]);
        });
      }),
      { numRuns: 15 },
    );
  }).timeout(120_000);

  it("never delete what something else still depends on", async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (nodes) => {
        const world = new World();
        await Bench.with([world], async (bench) => {
          await (await bench.stack(program(nodes))).up();
          const needs = new Map<string, string[]>();
          for (const { urn, dependencies } of await bench.resources()) {
            needs.set(
              urn.split("::")[3] ?? "",
              (dependencies ?? []).map((needed) => needed.split("::")[3] ?? ""),
            );
          }
          world.log.length = 0;
          await (await bench.stack(program([]))).up();
          const gone = new Set<string>();
          for (const line of world.log) {
            const name = line.replace("delete ", "");
            for (const [dependent, needed] of needs) {
              if (needed.includes(name)) {
                expect(gone, `${name} was deleted before ${dependent}`).to.include(dependent);
              }
            }
            gone.add(name);
          }
        });
      }),
      { numRuns: 15 },
    );
  }).timeout(120_000);

  it("end in the same state after a failure at any step and another run", async () => {
    await fc.assert(
      fc.asyncProperty(graph, graph, fc.nat(8), async (before, after, at) => {
        const world = new World();
        await Bench.with([world], async (bench) => {
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
          expect(count > at ? error?.message : "the link went down").to.include("the link went down");
          world.during = async () => undefined;
          await stack.up();
          await expectWorld(world, bench, after);
        });
      }),
      { numRuns: 25 },
    );
  }).timeout(120_000);

  it("report a failing thing by its own message", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => void new Thing("t", { fail: "no room" }));
      expect((await failureOf(stack.up())).message).to.include("no room");
    });
  });
});
