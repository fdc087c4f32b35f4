import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { failureOf } from "./support/failure";
import { Part, Thing } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

describe("transforms", () => {
  it("change a resource's properties and options: its own, its parents', then the stack's", async () => {
    await Bench.with([new World()], async (bench) => {
      const seen: string[] = [];
      const note =
        (name: string): pulumi.ResourceTransform =>
        ({ props, opts, type, name: resource }) => {
          if (type !== "test:index:Thing") {
            return undefined;
          }
          seen.push(`${name} ${resource}`);
          return { props: { ...props, value: `${String(props["value"])}+${name}` }, opts: { ...opts, protect: true } };
        };
      const stack = await bench.stack(async () => {
        pulumi.runtime.registerResourceTransform(note("stack"));
        new Part("part", { value: "v" }, { transforms: [note("parent")] });
        new Thing("own", { value: "v" }, { transforms: [note("own")] });
      });
      await stack.up();
      expect((await bench.resource("part-thing")).inputs).to.deep.equal({ value: "v+parent+stack" });
      expect((await bench.resource("own")).inputs).to.deep.equal({ value: "v+own+stack" });
      expect((await bench.resource("own"))["protect"]).to.equal(true);
      expect(seen).to.include.members(["own own", "stack own", "parent part-thing", "stack part-thing"]);
    });
  });

  it("bring outputs and dependencies in", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => {
        const a = new Thing("a", { value: 1 });
        const use: pulumi.ResourceTransform = ({ props, opts }) => ({
          props: { ...props, value: a.made },
          opts: pulumi.mergeOptions(opts, { dependsOn: [a] }),
        });
        new Thing("b", {}, { transforms: [use] });
      });
      await stack.up();
      expect((await bench.resource("b")).inputs).to.deep.equal({ value: 1 });
      expect((await bench.resource("b")).dependencies).to.deep.equal(["urn:pulumi:dev::bench::test:index:Thing::a"]);
    });
  });

  it("change the arguments of functions", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => {
        pulumi.runtime.registerInvokeTransform(({ args, opts }) => ({ args: { ...args, value: 4 }, opts }));
        const { value } = await pulumi.runtime.invoke("test:index:double", { value: 1 });
        return { value };
      });
      expect((await stack.up()).outputs["value"]?.value).to.equal(8);
    });
  });

  it("that fail are told", async () => {
    await Bench.with([new World()], async (bench) => {
      const broken: pulumi.ResourceTransform = () => {
        throw new Error("not like this");
      };
      const stack = await bench.stack(async () => void new Thing("a", {}, { transforms: [broken] }));
      expect((await failureOf(stack.up())).message).to.include("not like this");
    });
  });
});

describe("resource hooks", () => {
  it("run before and after what they are bound to, and know what changes", async () => {
    await Bench.with([new World()], async (bench) => {
      const calls: string[] = [];
      const program =
        (value: number, there = true) =>
        async () => {
          const hook = (name: string) =>
            new pulumi.ResourceHook(name, async ({ newInputs, newOutputs, oldInputs }) => {
              const text = (map: unknown, key: string) => String((map as Record<string, unknown> | undefined)?.[key]);
              calls.push(`${name} ${text(oldInputs, "value")} ${text(newInputs, "value")} ${text(newOutputs, "made")}`);
            });
          const names = ["beforeCreate", "afterCreate", "beforeUpdate", "afterUpdate", "beforeDelete", "afterDelete"];
          const hooks = Object.fromEntries(names.map((name) => [name, [hook(name)]]));
          if (there) {
            new Thing("t", { value }, { hooks });
          }
        };
      await (await bench.stack(program(1))).preview();
      expect(calls).to.deep.equal([]);
      await (await bench.stack(program(1))).up();
      await (await bench.stack(program(2))).up();
      await (await bench.stack(program(2, false))).up();
      expect(calls).to.deep.equal([
        "beforeCreate undefined 1 undefined",
        "afterCreate undefined 1 1",
        "beforeUpdate 1 2 undefined",
        "afterUpdate 1 2 2",
        "beforeDelete 2 undefined undefined",
        "afterDelete 2 undefined undefined",
      ]);
    });
  });

  it("that fail beforehand stop the operation, and a destroy without the program is told what it lacks", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const program = (fail: boolean) => async () => {
        const hook = new pulumi.ResourceHook("guard", async () => {
          if (fail) {
            throw new Error("the gate is shut");
          }
        });
        new Thing("t", {}, { hooks: { beforeCreate: [hook], beforeDelete: [hook] } });
      };
      expect((await failureOf((await bench.stack(program(true))).up())).message).to.include("the gate is shut");
      expect(world.log).to.deep.equal([]);
      const stack = await bench.stack(program(false));
      await stack.up();
      expect((await failureOf(stack.destroy())).message).to.include("resource hook not registered for guard");
      await (await bench.stack(async () => void new Thing("t", {}))).up();
      await stack.destroy();
    });
  });

  it("after an error have it tried again", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      let left = 2;
      world.during = async () => {
        if (left-- > 0) {
          throw new Error("busy");
        }
      };
      const seen: string[][] = [];
      const stack = await bench.stack(async () => {
        const hook = new pulumi.ErrorHook("retry", async ({ errors }) => {
          seen.push(errors);
          return true;
        });
        new Thing("t", {}, { hooks: { onError: [hook] } });
      });
      await stack.up();
      expect(seen.map(({ length }) => length)).to.deep.equal([1, 2]);
      expect(world.log).to.deep.equal(["create t"]);
    });
  });
});
