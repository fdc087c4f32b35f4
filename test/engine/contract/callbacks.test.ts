import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note, Part } from "./programs";

onEachEngine("transforms", (engine) => {
  it("change properties and options: a resource's own, its parents', then the stack's", async () => {
    await Place.with(async (place) => {
      const add =
        (word: string): pulumi.ResourceTransform =>
        ({ props, opts, type }) =>
          type === "random:index/randomPet:RandomPet"
            ? {
                props: { ...props, prefix: `${String(props["prefix"])}-${word}` },
                opts: { ...opts, protect: word === "stack" },
              }
            : undefined;
      const stack = await place.stack(engine, async () => {
        pulumi.runtime.registerResourceTransform(add("stack"));
        const parent = new pulumi.ComponentResource("contract:index:Part", "part", {}, { transforms: [add("parent")] });
        new random.RandomPet("child", { prefix: "p" }, { parent });
        new random.RandomPet("own", { prefix: "p" }, { transforms: [add("own")] });
      });
      await stack.up();
      const child = await place.resource("child");
      expect(child.inputs?.["prefix"]).to.equal("p-parent-stack");
      expect(child["protect"]).to.equal(true);
      expect((await place.resource("own")).inputs?.["prefix"]).to.equal("p-own-stack");
    });
  });

  it("change the arguments of functions", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        pulumi.runtime.registerInvokeTransform(({ args, opts }) => ({ args: { ...args, command: "printf b" }, opts }));
        return { stdout: (await command.local.run({ command: "printf a" })).stdout };
      });
      expect((await stack.up()).outputs["stdout"]?.value).to.equal("b");
    });
  });

  it("that fail are told, and nothing is made", async () => {
    await Place.with(async (place) => {
      const broken: pulumi.ResourceTransform = () => {
        throw new Error("not like this");
      };
      const stack = await place.stack(engine, async () => void note(place, "a", {}, { transforms: [broken] }));
      expect((await failureOf(stack.up())).message).to.include("not like this");
      expect(await place.log()).to.deep.equal([]);
    });
  });
});

onEachEngine("resource hooks", (engine) => {
  it("run before and after what they are bound to, never in a preview unless they ask for it", async () => {
    await Place.with(async (place) => {
      const calls: string[] = [];
      const names = ["beforeCreate", "afterCreate", "beforeUpdate", "afterUpdate", "beforeDelete", "afterDelete"];
      const program = (value: string, there = true) => {
        return async () => {
          const hook = (name: string) =>
            new pulumi.ResourceHook(name, async ({ name: resource, newOutputs, oldOutputs }) => {
              const said = (map: unknown) => String((map as { stdout?: unknown } | undefined)?.stdout);
              calls.push(`${name} ${resource} ${said(oldOutputs)} ${said(newOutputs)}`);
            });
          const hooks = Object.fromEntries(names.map((name) => [name, [hook(name)]]));
          if (there) {
            note(place, "t", { value }, { hooks });
          }
        };
      };
      await (await place.stack(engine, program("1"))).preview();
      expect(calls).to.deep.equal([]);
      for (const next of [program("1"), program("2"), program("2", false)]) {
        await (await place.stack(engine, next)).up();
      }
      expect(calls).to.deep.equal([
        "beforeCreate t undefined undefined",
        "afterCreate t undefined 1",
        "beforeUpdate t 1 undefined",
        "afterUpdate t 1 2",
        "beforeDelete t 2 undefined",
        "afterDelete t 2 undefined",
      ]);
    });
  });

  it("that fail beforehand stop the operation", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const guard = new pulumi.ResourceHook("guard", async () => {
          throw new Error("the gate is shut");
        });
        note(place, "t", {}, { hooks: { beforeCreate: [guard] } });
      });
      expect((await failureOf(stack.up())).message).to.include("the gate is shut");
      expect(await place.log()).to.deep.equal([]);
      expect(await place.names()).to.deep.equal([]);
    });
  });

  it("that belong to a deletion are missed where the program does not run", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const guard = new pulumi.ResourceHook("guard", async () => undefined);
        new Part("part", place);
        note(place, "t", {}, { hooks: { beforeDelete: [guard] } });
      });
      await stack.up();
      expect((await failureOf(stack.destroy())).message).to.include("guard");
      await (await place.stack(engine, async () => void note(place, "t"))).up();
      await stack.destroy();
      expect(await place.names()).to.deep.equal([]);
    });
  });

  it("after an error have it tried again", async () => {
    await Place.with(async (place) => {
      const seen: number[] = [];
      const create = `[ -e '${place.folder}/tried' ] || { touch '${place.folder}/tried'; echo busy >&2; exit 1; }`;
      const stack = await place.stack(engine, async () => {
        const hook = new pulumi.ErrorHook("retry", async ({ errors }) => {
          seen.push(errors.length);
          return true;
        });
        note(place, "t", { create }, { hooks: { onError: [hook] } });
      });
      await stack.up();
      expect(seen).to.deep.equal([1]);
      expect(await place.names()).to.deep.equal(["t"]);
    });
  });
});
