import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note, Part } from "./programs";

onEachEngine("the options of a resource", (engine) => {
  it("replace it on a change of what they name, and on no other", async () => {
    await Place.with(async (place) => {
      const program = (value: string, update: string) => () =>
        new command.local.Command(
          "a",
          {
            create: `echo create >> '${place.folder}/log'`,
            update: `echo update ${update} >> '${place.folder}/log'`,
            environment: { VALUE: value },
          },
          { replaceOnChanges: ["environment.VALUE"] },
        );
      expect(await place.through(engine, program("1", "x"), program("1", "y"))).to.deep.equal(["update y"]);
      expect(await place.through(engine, program("2", "y"))).to.deep.equal(["create"]);
    });
  });

  it("replace it when its trigger changes", async () => {
    await Place.with(async (place) => {
      const program = (replacementTrigger: string) => () => note(place, "a", {}, { replacementTrigger });
      expect(await place.through(engine, program("1"), program("1"))).to.deep.equal([]);
      expect(await place.through(engine, program("2"))).to.deep.equal(["create a", "delete a"]);
    });
  });

  it("ignore changes of nested values and of everything", async () => {
    await Place.with(async (place) => {
      const nested = (step: string) => () =>
        new random.RandomPet(
          "pet",
          { keepers: { one: step, two: "same" }, prefix: step },
          { ignoreChanges: ["keepers.one", "prefix"] },
        );
      await place.through(engine, nested("1"));
      const { id } = await place.resource("pet");
      await place.through(engine, nested("2"));
      const after = await place.resource("pet");
      expect(after.id).to.equal(id);
      expect(after.inputs?.["keepers"]).to.deep.equal({ one: "1", two: "same" });
      const all = (value: string) => () => note(place, "a", { value }, { ignoreChanges: ["*"] });
      expect(await place.through(engine, all("1"), all("2"))).to.deep.equal([]);
    });
  });

  it("keep outputs secret, and how long an operation may take, in the state", async () => {
    await Place.with(async (place) => {
      const customTimeouts = { create: "1m30s", update: "2h", delete: "5s" };
      await place.through(engine, () =>
        note(place, "a", { value: "hush" }, { additionalSecretOutputs: ["stdout"], customTimeouts }),
      );
      const { outputs, ...rest } = await place.resource("a");
      expect(rest["customTimeouts"]).to.deep.equal({ create: 90, update: 7200, delete: 5 });
      expect(rest["additionalSecretOutputs"]).to.include("stdout");
      expect(outputs?.["stdout"]).to.have.property("ciphertext");
    });
  });

  it("end an operation that takes too long", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        note(place, "slow", { create: "exec sleep 600" }, { customTimeouts: { create: "1s" } });
      });
      await failureOf(stack.up());
      expect(await place.names()).to.deep.equal([]);
    });
  });

  it("take over what is there, and change or refuse what is not as the program says", async () => {
    await Place.with(async (place) => {
      const id = "0b3c9f5e-4f7d-4a6e-9c5b-2f1d8a7e6c01";
      const program = () => ({ id: new random.RandomUuid("uuid", {}, { import: id }).id });
      const stack = await place.stack(engine, async () => program());
      expect((await stack.preview()).changeSummary).to.deep.equal({ create: 1, import: 1 });
      const { outputs, summary } = await stack.up();
      expect(summary.resourceChanges).to.deep.equal({ create: 1, import: 1 });
      expect(outputs["id"]?.value).to.equal(id);
      expect((await place.resource("uuid"))["importID"]).to.equal(id);
      await stack.up({ expectNoChanges: true });
      await (await place.stack(engine, async () => void new random.RandomUuid("uuid"))).up({ expectNoChanges: true });
      const pinned = await place.stack(engine, async () => {
        new random.RandomInteger("integer", { min: 1, max: 9 }, { import: "7,1,9" });
        new random.RandomInteger("other", { min: 1, max: 8 }, { import: "7,1,9" });
      });
      const { message } = await failureOf(pinned.up());
      expect(message).to.include("previously-imported resources that still specify an ID may not be replaced");
      const integer = await place.resource("integer");
      expect(integer.outputs).to.deep.include({ result: 7, min: 1, max: 9 });
    });
  });

  it("fail an import of what cannot be", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => void new random.RandomUuid("uuid", {}, { import: "none" }));
      expect((await failureOf(stack.up())).message).to.include("uuid");
      expect(await place.names()).to.deep.equal([]);
    });
  });

  it("choose a provider, which children inherit and whose replacement is told", async () => {
    await Place.with(async (place) => {
      const program = () => {
        const provider = new command.Provider("mine");
        note(place, "own", {}, { provider });
        new Part("part", place, {}, { providers: [provider] });
        new Part("loose", place);
      };
      await place.through(engine, program);
      const mine = await place.resource("mine");
      for (const name of ["own", "part-child"]) {
        expect((await place.resource(name)).provider, name).to.equal(`${mine.urn}::${mine.id}`);
      }
      expect((await place.resource("loose-child")).provider).to.match(
        /^urn:pulumi:dev::contract::pulumi:providers:command::default_\d+_\d+_\d+::/,
      );
      expect(await place.through(engine, program)).to.deep.equal([]);
    });
  });

  it("protect children with their parent, and give them back by a changed program", async () => {
    await Place.with(async (place) => {
      const program = (protect: boolean) => () => new Part("part", place, {}, { protect });
      await place.through(engine, program(true));
      expect((await place.resource("part-child"))["protect"]).to.equal(true);
      const gone = await place.stack(engine, async () => undefined);
      expect((await failureOf(gone.up())).message).to.include("protect");
      expect(await place.names()).to.include("part-child");
      expect(await place.through(engine, program(false), () => undefined)).to.deep.equal(["delete part-child"]);
    });
  });

  it("refuse to replace what is protected", async () => {
    await Place.with(async (place) => {
      const pet = (length: number) => () => new random.RandomPet("pet", { length }, { protect: true });
      await place.through(engine, pet(2));
      const { id } = await place.resource("pet");
      const stack = await place.stack(engine, async () => void pet(3)());
      expect((await failureOf(stack.up())).message).to.include("protect");
      expect((await place.resource("pet")).id).to.equal(id);
    });
  });

  it("retain on a replacement too, and in the state of a component's children", async () => {
    await Place.with(async (place) => {
      const program = (value: string) => () =>
        note(place, "a", { value }, { retainOnDelete: true, replaceOnChanges: ["environment"] });
      expect(await place.through(engine, program("1"), program("2"))).to.deep.equal(["create a"]);
      expect((await place.resource("a"))["retainOnDelete"]).to.equal(true);
    });
  });

  it("order by dependsOn: components wait with all that they have", async () => {
    await Place.with(async (place) => {
      const program = () => {
        const first = new Part("first", place);
        note(place, "last", {}, { dependsOn: [first] });
      };
      expect(await place.through(engine, program)).to.deep.equal(["create first-child", "create last"]);
      const child = (await place.resource("first-child")).urn;
      expect((await place.resource("last")).dependencies).to.include(child);
      expect(await place.through(engine, () => undefined)).to.deep.equal(["delete last", "delete first-child"]);
    });
  });

  it("record which property needs which resource", async () => {
    await Place.with(async (place) => {
      await place.through(engine, () => {
        const a = note(place, "a");
        const b = note(place, "b");
        note(place, "c", { value: pulumi.interpolate`${a.stdout}${b.stdout}` });
      });
      const { dependencies, ...rest } = await place.resource("c");
      const urns = [(await place.resource("a")).urn, (await place.resource("b")).urn];
      expect([...(dependencies ?? [])].sort()).to.deep.equal(urns);
      const needed = (rest["propertyDependencies"] as Record<string, string[]>)["environment"];
      expect([...(needed ?? [])].sort()).to.deep.equal(urns);
    });
  });
});
