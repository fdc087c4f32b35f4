import { readFile } from "node:fs/promises";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note, Part } from "./programs";

onEachEngine("a program", (engine) => {
  it("reads the outputs of another stack, secrets as secrets", async () => {
    await Place.with(async (place) => {
      await (await place.stack(engine, async () => ({ plain: [1], token: pulumi.secret("hush") }), "from")).up();
      const stack = await place.stack(engine, async () => {
        const other = new pulumi.StackReference("organization/contract/from");
        return { plain: other.getOutput("plain"), token: other.getOutput("token"), none: other.getOutput("none") };
      });
      const { outputs } = await stack.up();
      expect(outputs["plain"]).to.deep.equal({ value: [1], secret: false });
      expect(outputs["token"]).to.deep.equal({ value: "hush", secret: true });
      expect(outputs).to.not.have.property("none");
      expect(await readFile(place.statePath(), "utf8")).to.not.include('"hush"');
      await stack.up({ expectNoChanges: true });
      await (await place.stack(engine, async () => ({ plain: [2] }), "from")).up();
      const now = await stack.up();
      expect(now.outputs["plain"]?.value).to.deep.equal([2]);
      expect(now.outputs["token"]).to.equal(undefined);
      await stack.destroy();
    });
  });

  it("is told that a stack it refers to is not there", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => void new pulumi.StackReference("organization/contract/none"));
      expect((await failureOf(stack.up())).message).to.include('unknown stack "organization/contract/none"');
    });
  });

  it("calls functions of providers, in a preview too", async () => {
    await Place.with(async (place) => {
      const privateKeyPem = await tlsKey(place);
      const stack = await place.stack(engine, async () => {
        const { publicKeyOpenssh } = tls.getPublicKeyOutput({ privateKeyPem });
        const ran = command.local.runOutput({ command: "printf $WORD", environment: { WORD: "said" } });
        const stdout = ran.apply((result) => result.stdout ?? "");
        note(place, "a", { value: stdout });
        return { publicKeyOpenssh, stdout };
      });
      await stack.preview();
      const { outputs } = await stack.up();
      expect(outputs["stdout"]?.value).to.equal("said");
      expect(outputs["publicKeyOpenssh"]?.value).to.match(/^ssh-ed25519 AAAA/);
      const broken = await place.stack(engine, async () => void (await command.local.run({ command: "exit 7" })));
      expect((await failureOf(broken.up())).message).to.include("exit status 7");
    });
  });

  /** A key that is made by a stack of its own. */
  async function tlsKey(place: Place): Promise<string> {
    const stack = await place.stack(
      engine,
      async () => ({ pem: new tls.PrivateKey("key", { algorithm: "ED25519" }).privateKeyPem }),
      "keys",
    );
    return String((await stack.up()).outputs["pem"]?.value);
  }

  it("does not learn in a preview what will only be known later", async () => {
    await Place.with(async (place) => {
      const seen: string[] = [];
      const stack = await place.stack(engine, async () => {
        const pet = new random.RandomPet("pet", { length: 1 });
        pet.id.apply((id) => seen.push(`${pulumi.runtime.isDryRun() ? "preview" : "update"} ${typeof id}`));
        note(place, "a", { value: pet.id });
        return { id: pet.id };
      });
      const events: EngineEvent[] = [];
      expect((await stack.preview({ onEvent: (event) => events.push(event) })).changeSummary).to.deep.equal({
        create: 3,
      });
      expect(seen).to.deep.equal([]);
      const made = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
      const inputs = made.find(({ urn }) => urn.endsWith("::a"))?.new?.inputs as { environment: { VALUE: unknown } };
      expect(inputs.environment.VALUE).to.equal("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
      await stack.up();
      expect(seen).to.deep.equal(["update string"]);
      await stack.preview();
      expect(seen).to.deep.equal(["update string", "preview string"]);
    });
  });

  it("knows its stack, its project and its configuration", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const config = new pulumi.Config();
        const deep = config.requireObject("deep");
        return {
          names: [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()],
          plain: config.require("plain"),
          token: config.requireSecret("token"),
          deep,
        };
      });
      await stack.setConfig("plain", { value: "1" });
      await stack.setConfig("token", { value: "hush", secret: true });
      await stack.setConfig("deep.list[0]", { value: "x" }, true);
      const { outputs } = await stack.up();
      expect(outputs["names"]?.value).to.deep.equal(["organization", "contract", "dev"]);
      expect(outputs["plain"]).to.deep.equal({ value: "1", secret: false });
      expect(outputs["token"]).to.deep.equal({ value: "hush", secret: true });
      expect(outputs["deep"]?.value).to.deep.equal({ list: ["x"] });
    });
  });

  it("has the secrets of its configuration masked wherever it puts them in clear", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const token = new pulumi.Config().require("token");
        const said = command.local.runOutput({ command: `printf %s '${token}'` });
        note(place, "a", { value: token, create: `echo "it is '$VALUE'"; echo "$VALUE" >&2` });
        await pulumi.log.info(`the token is ${token}`);
        return { deep: [{ said: said.stdout }] };
      });
      await stack.setConfig("token", { value: 'hush "hush"', secret: true });
      const events: EngineEvent[] = [];
      const { stdout, stderr } = await stack.up({ onEvent: (event) => events.push(event) });
      const preview = await stack.preview({ refresh: true });
      const told = [stdout, stderr, preview.stdout, JSON.stringify(events)].join("\n");
      expect(told).to.include("[secret]").and.not.match(/hush/);
    });
  });

  it("that fails deletes nothing", async () => {
    await Place.with(async (place) => {
      await place.through(engine, () => [note(place, "a"), note(place, "b")]);
      await place.clearLog();
      const broken = await place.stack(engine, async () => {
        note(place, "a");
        throw new Error("no such site");
      });
      expect((await failureOf(broken.up())).message).to.include("no such site");
      expect(await place.log()).to.deep.equal([]);
      expect(await place.names()).to.have.members(["a", "b"]);
    });
  });

  it("that fails late is told", async () => {
    await Place.with(async (place) => {
      const late = await place.stack(engine, async () => {
        note(place, "a").stdout.apply(() => {
          throw new Error("late failure");
        });
      });
      expect((await failureOf(late.up())).message).to.include("late failure");
      expect(await place.names()).to.deep.equal(["a"]);
    });
  });

  it("may not make two resources of one name", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => void [note(place, "a"), note(place, "a")]);
      expect((await failureOf(stack.up())).message).to.match(/[Dd]uplicate resource URN/);
    });
  });

  it("logs for people, by level", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        await pulumi.log.info("all is well");
        await pulumi.log.warn("mind the gap");
      });
      const told: string[] = [];
      await stack.up({
        onEvent: ({ diagnosticEvent }) => {
          if (diagnosticEvent?.severity === "info" || diagnosticEvent?.severity === "warning") {
            told.push(`${diagnosticEvent.severity} ${diagnosticEvent.message.replace(/<\{%.*?%\}>/g, "").trim()}`);
          }
        },
      });
      expect(told).to.include.members(["info all is well", "warning mind the gap"]);
      const failing = await place.stack(engine, async () => void (await pulumi.log.error("it cannot be")));
      expect((await failureOf(failing.up())).message).to.include("it cannot be");
    });
  });
});

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
