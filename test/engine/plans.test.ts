import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { failureOf } from "./support/failure";
import { Part, Thing } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

interface PlanFile {
  readonly manifest: object;
  readonly config?: Record<string, unknown>;
  readonly resourcePlans: Record<string, PlannedResource>;
}

interface PlannedResource {
  readonly goal?: {
    readonly type: string;
    readonly name: string;
    readonly custom: boolean;
    readonly inputDiff: { readonly adds?: Record<string, unknown>; readonly updates?: Record<string, unknown> };
    readonly outputDiff: { readonly adds?: Record<string, unknown> };
    readonly protect: boolean;
  };
  readonly steps?: string[];
  readonly state: Record<string, unknown> | null;
  readonly seed?: string;
}

/** Brings a stack to `before`, plans `planned`, and updates it to `program` under that plan. */
async function under(
  before: PulumiFn | undefined,
  planned: PulumiFn,
  program: PulumiFn,
  work: (done: { bench: Bench; world: World; up: () => Promise<unknown>; plan: PlanFile }) => Promise<void>,
): Promise<void> {
  const world = new World();
  await Bench.with([world], async (bench) => {
    if (before !== undefined) {
      await (await bench.stack(before)).up();
    }
    const path = join(bench.folder, "plan.json");
    await (await bench.stack(planned)).preview({ plan: path });
    const plan = JSON.parse(await readFile(path, "utf8")) as PlanFile;
    const stack = await bench.stack(program);
    world.log.length = 0;
    await work({ bench, world, up: () => stack.up({ plan: path }), plan });
  });
}

const thing =
  (args: ConstructorParameters<typeof Thing>[1], options?: pulumi.CustomResourceOptions): PulumiFn =>
  async () =>
    void new Thing("t", args, options);

function of(plan: PlanFile, name: string): PlannedResource {
  const found = Object.entries(plan.resourcePlans).find(([urn]) => urn.endsWith(`::${name}`))?.[1];
  expect(found, `the plan has '${name}'`).to.not.equal(undefined);
  return found as PlannedResource;
}

describe("an update plan", () => {
  it("says for each resource what is to come of it and by which steps, secrets encrypted", async () => {
    const before: PulumiFn = async () => {
      new Thing("changed", { value: 1 });
      new Thing("replaced", { kind: "a" });
      new Thing("gone", {});
    };
    const after: PulumiFn = async () => {
      new Thing("changed", { value: pulumi.secret("hush-hush") });
      new Thing("replaced", { kind: "b" });
      const made = new Part("part", { value: 1 });
      return { made: made.thing.made, hidden: pulumi.secret("hush-hush") };
    };
    await under(before, after, after, async ({ plan, up, bench }) => {
      expect(of(plan, "changed").steps).to.deep.equal(["update"]);
      expect(of(plan, "replaced").steps).to.deep.equal(["create-replacement", "replace", "delete-replaced"]);
      expect(of(plan, "gone")).to.deep.equal({ steps: ["delete"], state: null });
      expect(of(plan, "part-thing").steps).to.deep.equal(["create"]);
      expect(of(plan, "replaced").goal?.inputDiff).to.deep.equal({ updates: { kind: "b" } });
      expect(Object.keys(of(plan, "bench-dev").goal?.outputDiff.adds ?? {}).sort()).to.deep.equal(["hidden", "made"]);
      expect(Buffer.from(of(plan, "part-thing").seed ?? "", "base64")).to.have.length(32);
      const path = join(bench.folder, "plan.json");
      const text = await readFile(path, "utf8");
      expect(text).to.include('"ciphertext": "v1:').and.not.include("hush-hush");
      expect((await stat(path)).mode & 0o077).to.equal(0);
      await up();
      expect((await bench.resource("changed")).inputs).to.have.property("value");
    });
  });

  it("lets the same program through, also where values were not known yet", async () => {
    const program: PulumiFn = async () => {
      const first = new Thing("first", { value: 1 });
      new Thing("second", { value: first.made }, { dependsOn: first });
      return { made: first.made };
    };
    await under(undefined, program, program, async ({ up, world }) => {
      await up();
      expect(world.log).to.deep.equal(["create first", "create second"]);
    });
  });

  const departures: readonly [string, PulumiFn | undefined, PulumiFn, PulumiFn, RegExp][] = [
    [
      "another value",
      thing({ value: 1 }),
      thing({ value: 2 }),
      thing({ value: 3 }),
      /resource urn:\S+::t violates plan: properties changed: ~~value\[\{2\}!=\{3\}\]/,
    ],
    [
      "a value that was not to come",
      undefined,
      thing({ value: 1 }),
      thing({ value: 1, kind: "a" }),
      /=\+kind\[\{a\}\]/,
    ],
    ["a value that does not come", undefined, thing({ value: 1 }), thing({}), /\+-value\[\{1\}\]/],
    [
      "a secret, which is not shown",
      undefined,
      thing({ value: pulumi.secret("hush") }),
      thing({ value: pulumi.secret("other") }),
      /\+\+value\[\[secret\]!=\[secret\]\]/,
    ],
    [
      "protection",
      undefined,
      thing({}),
      thing({}, { protect: true }),
      /violates plan: protect changed \(expected false\)/,
    ],
    [
      "another parent",
      undefined,
      async () => {
        new Part("p", {});
        new Thing("t", {});
      },
      async () => {
        new Thing("t", {}, { parent: new Part("p", {}) });
      },
      /create is not allowed by the plan: no steps were expected for this resource/,
    ],
    [
      "a resource that is not planned",
      undefined,
      thing({}),
      async () => {
        new Thing("t", {});
        new Thing("other", {});
      },
      /create is not allowed by the plan: no steps were expected/,
    ],
    [
      "a resource that is not deleted",
      thing({}),
      async () => undefined,
      thing({}),
      /violates plan: resource unexpectedly not deleted/,
    ],
    [
      "a delete that is not planned",
      thing({}),
      thing({}),
      async () => undefined,
      /delete is not allowed by the plan: this resource is constrained to same/,
    ],
    [
      "a replacement for an update",
      thing({ value: 1, kind: "a" }),
      thing({ value: 2, kind: "a" }),
      thing({ value: 2, kind: "b" }),
      /=~kind\[\{b\}\]/,
    ],
    [
      "a step that does not come",
      undefined,
      async () => {
        new Thing("t", {});
        new Thing("other", {});
      },
      thing({}),
      /expected resource operations for \S+::other but none were seen/,
    ],
    [
      "outputs of the stack",
      undefined,
      async () => ({ out: 1 }),
      async () => ({ out: 2 }),
      /violates plan: properties changed: \+\+out\[\{1\}!=\{2\}\]/,
    ],
    [
      "ignored changes",
      undefined,
      thing({ value: 1 }),
      thing({ value: 1 }, { ignoreChanges: ["value"] }),
      /ignoreChanges changed: added value/,
    ],
    [
      "a longer time",
      undefined,
      thing({}, { customTimeouts: { create: "5m" } }),
      thing({}, { customTimeouts: { create: "10m" } }),
      /create timeout changed \(expected 300\)/,
    ],
  ];
  for (const [what, before, planned, program, expected] of departures) {
    it(`is kept against ${what}`, async () => {
      await under(before, planned, program, async ({ up, bench }) => {
        const error = await failureOf(up());
        expect(error.message).to.match(expected).and.not.include("hush");
        // What was there before is there still.
        if (before !== undefined) {
          expect((await bench.resource("t")).id).to.equal("t-1");
        }
      });
    });
  }

  it("whose steps somebody has done in the meantime does nothing and says so", async () => {
    await under(thing({ kind: "a" }), thing({ kind: "b" }), thing({ kind: "b" }), async ({ up, bench, world }) => {
      // Somebody has done it in the meantime.
      await (await bench.stack(thing({ kind: "b" }))).up();
      world.log.length = 0;
      const error = await failureOf(up());
      expect(error.message).to.include("but none were seen");
      expect(world.log).to.deep.equal([]);
    });
  });

  it("that is no plan, or is not there, is refused before anything is done", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(thing({}));
      const path = join(bench.folder, "plan.json");
      expect((await failureOf(stack.up({ plan: path }))).message).to.include("cannot read the plan in");
      await writeFile(path, "{}");
      expect((await failureOf(stack.up({ plan: path }))).message).to.include("is no update plan");
      expect(await bench.resources()).to.deep.equal([]);
    });
  });
});
