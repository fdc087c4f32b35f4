import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { failureOf } from "./support/failure";
import { Foreign, Part, Thing, ThingProvider } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

type Program = () => Record<string, unknown> | void;

/** Runs one program after another on a new stack, and then looks. */
async function through(
  programs: readonly Program[],
  look: (bench: Bench, world: World) => Promise<void>,
): Promise<void> {
  const world = new World();
  await Bench.with([world], async (bench) => {
    for (const program of programs) {
      world.log.length = 0;
      const stack = await bench.stack(async () => program());
      await stack.up();
    }
    await look(bench, world);
  });
}

describe("an update", () => {
  it("makes what the program describes, dependencies first", async () => {
    const program = () => {
      const part = new Part("part", { value: 1 });
      const after = new Thing("after", { value: part.thing.made });
      return { made: after.made, list: [1, { a: "b" }] };
    };
    await through([program], async (bench, world) => {
      expect(world.log).to.deep.equal(["create part-thing", "create after"]);
      const urns = (await bench.resources()).map(({ urn }) => urn);
      expect(urns).to.include("urn:pulumi:dev::bench::test:parts:Part$test:index:Thing::part-thing");
      expect((await bench.resource("after")).dependencies).to.deep.equal([
        "urn:pulumi:dev::bench::test:parts:Part$test:index:Thing::part-thing",
      ]);
      expect((await bench.resource("bench-dev")).outputs).to.deep.equal({ made: 1, list: [1, { a: "b" }] });
      expect((await bench.resource("part")).outputs).to.deep.equal({ made: 1 });
    });
  });

  it("finds nothing to do the second time", async () => {
    const program = () => {
      new Part("part", { value: pulumi.secret("x") });
      new Thing("thing", { value: { a: [1, null, true] } });
    };
    await through([program, program], async (bench, world) => {
      expect(world.log).to.deep.equal([]);
      const stack = await bench.stack(async () => program());
      const result = await stack.up({ expectNoChanges: true });
      expect(result.summary.resourceChanges).to.deep.equal({ same: 4 });
    });
  });

  it("changes in place, replaces, and deletes, in that order", async () => {
    const program = (step: number) => () => {
      new Thing("changed", { value: step });
      new Thing("replaced", { kind: String(step) });
      if (step === 1) {
        new Thing("gone", {});
      }
    };
    await through([program(1), program(2)], async (_, world) => {
      expect(world.log.slice(0, 2)).to.have.members(["update changed", "create replaced"]);
      expect(world.log.slice(2)).to.have.members(["delete replaced", "delete gone"]);
    });
  });

  it("deletes first where that is asked for, with dependents that would be replaced too", async () => {
    const program = (step: number) => () => {
      const first = new Thing("first", { kind: String(step) }, { deleteBeforeReplace: true });
      new Thing("dependent", { kind: first.kind });
      new Thing("loose", { value: first.made });
    };
    await through([program(1), program(2)], async (bench, world) => {
      expect(world.log.slice(0, 2)).to.deep.equal(["delete dependent", "delete first"]);
      expect(world.log[2]).to.equal("create first");
      expect(world.log).to.include("create dependent").and.not.include("delete loose");
      expect(await bench.resources()).to.have.length(5);
    });
  });

  it("deletes dependents before what they depend on", async () => {
    const program = () => {
      const a = new Thing("a", {});
      const b = new Thing("b", { value: a.made });
      new Thing("c", {}, { dependsOn: b });
    };
    await through([program, () => undefined], async (_, world) => {
      expect(world.log).to.deep.equal(["delete c", "delete b", "delete a"]);
    });
  });

  it("follows aliases to renamed, moved and retyped resources, and their children", async () => {
    const before = () => {
      new Thing("old", { value: 1 });
      const part = new Part("part", { value: 1 });
      new Thing("uses", { value: part.thing.made });
    };
    const after = () => {
      const part = new Part("piece", { value: 1 }, { aliases: [{ name: "part" }] });
      new Thing("new", { value: 1 }, { parent: part, aliases: [{ name: "old", parent: pulumi.rootStackResource }] });
      new Thing("uses", { value: part.thing.made });
    };
    await through([before, after], async (bench, world) => {
      expect(world.log).to.deep.equal([]);
      const text = JSON.stringify(await bench.resources());
      expect(text).to.not.include("::old").and.not.include("::part");
      expect((await bench.resource("uses")).dependencies).to.deep.equal([
        "urn:pulumi:dev::bench::test:parts:Part$test:index:Thing::piece-thing",
      ]);
    });
  });

  it("leaves out changes that the program ignores", async () => {
    const program = (step: number) => () => {
      new Thing("thing", { value: { keep: step, list: [step] } }, { ignoreChanges: ["value.keep", "value.list[0]"] });
    };
    await through([program(1), program(2)], async (bench, world) => {
      expect(world.log).to.deep.equal([]);
      expect((await bench.resource("thing")).inputs).to.deep.equal({ value: { keep: 1, list: [1] } });
    });
  });

  it("replaces on a change of what the program names", async () => {
    const program = (step: number) => () => {
      new Thing("thing", { value: step }, { replaceOnChanges: ["value"] });
    };
    await through([program(1), program(2)], async (_, world) => {
      expect(world.log).to.deep.equal(["create thing", "delete thing"]);
    });
  });

  it("keeps in the world what is to be retained, and what goes with its owner", async () => {
    const program = () => {
      new Thing("retained", {}, { retainOnDelete: true });
      const owner = new Thing("owner", {});
      new Thing("owned", {}, { deletedWith: owner });
    };
    await through([program, () => undefined], async (bench, world) => {
      expect(world.log).to.deep.equal(["delete owner"]);
      expect(await bench.resources()).to.have.length(1);
    });
  });

  it("gives timeouts, secret outputs and protection to the state", async () => {
    const program = () => {
      new Thing(
        "thing",
        { value: "v" },
        { protect: true, additionalSecretOutputs: ["made"], customTimeouts: { create: "1m30s" } },
      );
    };
    await through([program], async (bench) => {
      const thing = await bench.resource("thing");
      expect(thing["protect"]).to.equal(true);
      expect(thing["customTimeouts"]).to.deep.equal({ create: 90 });
      expect(thing.outputs?.["made"]).to.have.property("ciphertext");
    });
  });

  it("refuses to delete or replace what is protected", async () => {
    const program = (step: number) => () => {
      new Thing("thing", { kind: String(step) }, { protect: true });
    };
    await through([program(1)], async (bench, world) => {
      const replacing = await bench.stack(async () => program(2)());
      expect((await failureOf(replacing.up())).message).to.include("currently marked for protection");
      const without = await bench.stack(async () => undefined);
      expect((await failureOf(without.up())).message).to.include("cannot be deleted");
      expect(world.log).to.deep.equal(["create thing"]);
      expect(await bench.resource("thing")).to.not.equal(undefined);
    });
  });

  it("uses the provider that a resource or its parent names", async () => {
    const program = (region: string) => () => {
      const provider = new ThingProvider("north", { region });
      const part = new Part("part", { value: 1 }, { providers: [provider] });
      new Thing("own", {}, { provider });
      return { part: part.thing.id };
    };
    await through([program("a"), program("b")], async (bench, world) => {
      const provider = await bench.resource("north");
      expect(provider.outputs).to.deep.equal({ region: "b", version: "1.2.3" });
      for (const name of ["part-thing", "own"]) {
        expect((await bench.resource(name)).provider).to.equal(`${provider.urn}::${provider.id}`);
      }
      expect(world.log).to.include("create own").and.include("delete own");
      expect(world.configured.length).to.equal(world.closed);
    });
  });

  it("keeps secrets out of the state, the events and the output", async () => {
    const program = () => {
      const thing = new Thing("thing", { value: { deep: pulumi.secret("hush-hush") } });
      return { value: thing.value };
    };
    const world = new World();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => program());
      const seen: string[] = [];
      const result = await stack.up({
        onOutput: (text) => seen.push(text),
        onEvent: (event) => seen.push(JSON.stringify(event)),
        diff: false,
      });
      seen.push(JSON.stringify(await bench.checkpoint()));
      expect(seen.join("\n")).to.not.include("hush-hush");
      expect(result.outputs["value"]).to.deep.equal({ value: { deep: "hush-hush" }, secret: true });
      expect(world.things.size).to.equal(1);
    });
  });

  it("works on at most so many resources at once as it is told", async () => {
    const world = new World();
    world.during = () => new Promise((resolve) => setTimeout(resolve, 20));
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => {
        for (let i = 0; i < 8; i++) {
          new Thing(`thing-${i}`, {});
        }
      });
      await stack.up({ parallel: 3 });
      expect(world.mostRunning).to.equal(3);
    });
  });

  it("reads resources that it does not manage, and never deletes them", async () => {
    const world = new World();
    world.things.set("there-7", { value: "found", made: 3 });
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => ({ made: Thing.get("there", "there-7").made }));
      const result = await stack.up();
      expect(result.outputs["made"]?.value).to.equal(3);
      expect((await bench.resource("there"))["external"]).to.equal(true);
      await stack.destroy();
      expect(world.things.size).to.equal(1);
    });
  });

  it("calls functions of providers", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => {
        const { value } = await pulumi.runtime.invoke("test:index:double", { value: 21 });
        return { value };
      });
      expect((await stack.up()).outputs["value"]?.value).to.equal(42);
    });
  });

  it("warns once where the program's package is newer than the provider, and not where it is older", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => {
        ["1.3.0", "1.3.0", "1.2.0"].forEach((version, i) => new Thing(`t${i}`, {}, { version }));
      });
      const [, diagnostics = ""] = (await stack.up()).stdout.split("Diagnostics:");
      expect(diagnostics.match(/is expected to have version >=\S+, but has 1\.2\.3/g)).to.deep.equal([
        "is expected to have version >=1.3.0, but has 1.2.3",
      ]);
    });
  });

  it("refuses by name what it does not do", async () => {
    const cases: readonly (readonly [string, () => void])[] = [
      ["the provider 'cloud'", () => void new Foreign("cloud:index:Bucket", "b")],
      ["the resource type 'test:index:Other'", () => void new Foreign("test:index:Other", "b", { version: "1.2.3" })],
      ["version 2.0.0 of the provider 'test'", () => void new Thing("t", {}, { version: "2.0.0" })],
      ["the function 'test:index:other'", () => void pulumi.runtime.invoke("test:index:other", {})],
    ];
    for (const [text, program] of cases) {
      await Bench.with([new World()], async (bench) => {
        const stack = await bench.stack(async () => program());
        expect((await failureOf(stack.up())).message, text).to.include(text);
      });
    }
  });
});

describe("a preview", () => {
  it("tells what would be done, with unknowns, and does nothing", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      let step = 1;
      const stack = await bench.stack(async () => {
        const a = new Thing("a", { kind: String(step) });
        new Thing("b", { value: a.made });
        return { made: a.made };
      });
      expect((await stack.preview()).changeSummary).to.deep.equal({ create: 3 });
      expect(world.log).to.deep.equal([]);
      await stack.up();
      step = 2;
      const before = JSON.stringify(await bench.checkpoint());
      expect((await stack.preview()).changeSummary).to.deep.equal({ replace: 1, update: 1, same: 1 });
      expect(JSON.stringify(await bench.checkpoint())).to.equal(before);
      expect((await failureOf(stack.preview({ expectNoChanges: true }))).message).to.include(
        "no changes were expected",
      );
    });
  });

  it("goes on where a provider's configuration is not known yet", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => {
        const region = new Thing("region", {});
        const provider = new ThingProvider("late", { region: region.id });
        new Thing("thing", { value: 1 }, { provider });
      });
      expect((await stack.preview()).changeSummary).to.deep.equal({ create: 4 });
      await stack.up();
      expect(world.log).to.deep.equal(["create region", "create thing"]);
    });
  });
});
