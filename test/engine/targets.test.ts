import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { failureOf } from "./support/failure";
import { Part, Thing } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

const urn = (name: string, type = "test:index:Thing") => `urn:pulumi:dev::bench::${type}::${name}`;

const chain =
  (step: number, extra = false) =>
  async () => {
    const a = new Thing("a", { value: step });
    const b = new Thing("b", { value: pulumi.interpolate`${a.made}-${step}` });
    new Thing("c", { value: step });
    if (extra) {
      new Thing("d", { value: b.made });
    }
  };

async function begun(work: (bench: Bench, world: World) => Promise<void>): Promise<void> {
  const world = new World();
  await Bench.with([world], async (bench) => {
    await (await bench.stack(chain(1))).up();
    world.log.length = 0;
    await work(bench, world);
  });
}

describe("an update of targets", () => {
  it("touches only them", async () => {
    await begun(async (bench, world) => {
      await (await bench.stack(chain(2))).up({ target: [urn("c")] });
      expect(world.log).to.deep.equal(["update c"]);
      expect((await bench.resource("a")).inputs).to.deep.equal({ value: 1 });
      await (await bench.stack(chain(2))).up();
      expect(world.log).to.deep.equal(["update c", "update a", "update b"]);
    });
  });

  it("takes dependents along if asked, and patterns of names", async () => {
    await begun(async (bench, world) => {
      await (await bench.stack(chain(2))).up({ target: ["**::a"], targetDependents: true });
      expect(world.log).to.deep.equal(["update a", "update b"]);
    });
  });

  it("makes nothing new that is not among them, and refuses what would depend on it", async () => {
    await begun(async (bench, world) => {
      await (await bench.stack(chain(1, true))).up({ target: [urn("c")] });
      expect(world.log).to.deep.equal([]);
      expect((await bench.resources()).map(({ urn }) => urn)).to.not.include(urn("d"));
      const further = async () => {
        const d = new Thing("d", {});
        new Thing("e", {}, { dependsOn: d });
      };
      const error = await failureOf((await bench.stack(further)).up({ target: [urn("e")] }));
      expect(error.message).to.include(`Resource '${urn("e")}' depends on '${urn("d")}'`);
    });
  });

  it("keeps a state in order where the program has lost what the state still needs", async () => {
    await begun(async (bench, world) => {
      const without = async () => {
        new Thing("b", { value: "x" });
        new Thing("c", { value: 2 });
      };
      await (await bench.stack(without)).up({ target: [urn("c")] });
      expect(world.log).to.deep.equal(["update c"]);
      await (await bench.stack(chain(1))).preview();
      expect((await bench.resources()).map(({ urn }) => urn.split("::")[3])).to.include.members(["a", "b", "c"]);
    });
  });

  it("says which target there is not", async () => {
    await begun(async (bench) => {
      const error = await failureOf((await bench.stack(chain(1))).up({ target: [urn("none")] }));
      expect(error.message).to.include(`Target '${urn("none")}' could not be found in the stack`);
    });
  });
});

describe("an update with exclusions", () => {
  it("touches everything else", async () => {
    await begun(async (bench, world) => {
      await (await bench.stack(chain(2))).up({ exclude: [urn("c")] });
      expect(world.log).to.deep.equal(["update a", "update b"]);
    });
  });

  it("leaves dependents out too if asked", async () => {
    await begun(async (bench, world) => {
      await (await bench.stack(chain(2))).up({ exclude: [urn("a")], excludeDependents: true });
      expect(world.log).to.deep.equal(["update c"]);
    });
  });
});

describe("a destroy of targets", () => {
  it("needs the dependents to be named or taken along", async () => {
    await begun(async (bench, world) => {
      const stack = await bench.stack(chain(1));
      const error = await failureOf(stack.destroy({ target: [urn("a")] }));
      expect(error.message).to.include("will be destroyed but was not specified in --target list");
      expect(world.log).to.deep.equal([]);
      await stack.destroy({ target: [urn("a")], targetDependents: true });
      expect(world.log).to.deep.equal(["delete b", "delete a"]);
    });
  });

  it("keeps what is excluded and what that needs", async () => {
    await begun(async (bench, world) => {
      await (await bench.stack(chain(1))).destroy({ exclude: [urn("b")] });
      expect(world.log).to.deep.equal(["delete c"]);
    });
  });
});

describe("an update that goes on after errors", () => {
  it("does what does not depend on what failed, and fails in the end", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const program = (fail?: string) => async () => {
        const a = new Thing("a", fail === undefined ? {} : { fail });
        new Thing("b", { value: a.made });
        new Thing("c", { value: 1 }, { dependsOn: new Thing("free", {}) });
        new Part("part", { value: a.made });
      };
      const error = await failureOf((await bench.stack(program("no room"))).up({ continueOnError: true }));
      expect(error.message).to.include("no room").and.include("update failed");
      expect(world.log).to.include.members(["create free", "create c"]).and.not.include("create b");
      await (await bench.stack(program())).up();
      expect(world.log).to.include.members(["create a", "create b", "create part-thing"]);
    });
  });

  it("keeps what a failed deletion still needs", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(chain(1));
      await stack.up();
      world.during = async (operation) => {
        if (operation === "delete b") {
          throw new Error("it is stuck");
        }
      };
      const error = await failureOf(stack.destroy({ continueOnError: true }));
      expect(error.message).to.include("it is stuck");
      expect((await bench.resources()).map(({ urn }) => urn.split("::")[3])).to.include.members(["a", "b"]);
      expect(world.log).to.include("delete c").and.not.include("delete a");
    });
  });
});

describe("a destroy without what is protected", () => {
  it("leaves that and what it needs", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => {
        const needed = new Thing("needed", {});
        new Thing("guarded", { value: needed.made }, { protect: true });
        new Thing("free", { value: needed.made });
        new Part("part", {});
      });
      await stack.up();
      world.log.length = 0;
      await stack.destroy({ excludeProtected: true });
      expect(world.log.sort()).to.deep.equal(["delete free", "delete part-thing"]);
      const names = (await bench.resources()).map(({ urn: full }) => full.split("::").at(-1));
      expect(names.filter((name) => !/default/.test(name ?? "")).sort()).to.deep.equal([
        "bench-dev",
        "guarded",
        "needed",
      ]);
      await stack.destroy({ excludeProtected: true });
      const both = stack.destroy({ excludeProtected: true, target: [urn("needed")] });
      expect((await failureOf(both)).message).to.include("you cannot specify --target and --exclude-protected");
    });
  });

  it("and a refresh do not run the program, and say so", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(chain(1));
      await stack.up({ runProgram: true });
      expect((await failureOf(stack.refresh({ runProgram: true }))).message).to.include("--run-program in a refresh");
      expect((await failureOf(stack.destroy({ runProgram: true }))).message).to.include("--run-program");
      await stack.refresh({ runProgram: false });
      await stack.destroy({ runProgram: false });
    });
  });
});
