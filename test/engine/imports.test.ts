import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { failureOf } from "./support/failure";
import { Thing } from "./support/things";
import { World } from "./support/testProvider";
import { Bench } from "./support/workspace";

describe("an import", () => {
  const existing = () => {
    const world = new World();
    world.things.set("found-1", { value: 7, made: 3 });
    return world;
  };

  it("takes a resource over that is as the program wants it", async () => {
    const world = existing();
    await Bench.with([world], async (bench) => {
      const stack = await bench.stack(async () => ({
        made: new Thing("t", { value: 7 }, { import: "found-1" }).made,
      }));
      expect((await stack.preview()).changeSummary).to.deep.equal({ create: 1, import: 1 });
      const { outputs, summary } = await stack.up();
      expect(outputs["made"]?.value).to.equal(3);
      expect(summary.resourceChanges).to.deep.equal({ create: 1, import: 1 });
      expect(world.log).to.deep.equal([]);
      const { id, importID, inputs } = (await bench.resource("t")) as {
        id?: string;
        importID?: string;
        inputs?: object;
      };
      expect({ id, importID, inputs }).to.deep.equal({ id: "found-1", importID: "found-1", inputs: { value: 7 } });
      await stack.up({ expectNoChanges: true });
    });
  });

  it("brings it to what the program wants", async () => {
    const world = existing();
    await Bench.with([world], async (bench) => {
      await (await bench.stack(async () => void new Thing("t", { value: 8 }, { import: "found-1" }))).up();
      expect(world.log).to.deep.equal(["update t"]);
      expect((await bench.resource("t")).inputs).to.deep.equal({ value: 8 });
    });
  });

  it("replaces what the state has under another id", async () => {
    const world = existing();
    await Bench.with([world], async (bench) => {
      await (await bench.stack(async () => void new Thing("t", { value: 7 }))).up();
      await (await bench.stack(async () => void new Thing("t", { value: 7 }, { import: "found-1" }))).up();
      expect(world.log).to.deep.equal(["create t", "delete t"]);
      expect([...world.things.keys()]).to.deep.equal(["found-1"]);
    });
  });

  it("fails where there is no such resource, or where it would be replaced at once", async () => {
    const world = existing();
    await Bench.with([world], async (bench) => {
      const missing = await bench.stack(async () => void new Thing("t", {}, { import: "none" }));
      expect((await failureOf(missing.up())).message).to.include("resource 'none' does not exist");
      const other = await bench.stack(async () => void new Thing("t", { kind: "x" }, { import: "found-1" }));
      expect((await failureOf(other.up())).message).to.include(
        "previously-imported resources that still specify an ID",
      );
    });
  });
});

describe("a stack reference", () => {
  it("gives the outputs of another stack, secrets as secrets", async () => {
    await Bench.with([new World()], async (bench) => {
      const from = await bench.stack(async () => ({ plain: [1], token: pulumi.secret("hush") }), "from");
      await from.up();
      const stack = await bench.stack(async () => {
        const other = new pulumi.StackReference("organization/bench/from");
        return { plain: other.getOutput("plain"), token: other.getOutput("token"), none: other.getOutput("none") };
      });
      const { outputs } = await stack.up();
      expect(outputs["plain"]).to.deep.equal({ value: [1], secret: false });
      expect(outputs["token"]).to.deep.equal({ value: "hush", secret: true });
      expect(JSON.stringify(await bench.checkpoint())).to.not.include('"hush"');
      expect((await bench.resource("organization/bench/from")).external).to.equal(true);
      await stack.up({ expectNoChanges: true });
      await stack.refresh();
      await stack.destroy();
    });
  });

  it("to a stack that is not there is told by its name", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(async () => void new pulumi.StackReference("organization/bench/none"));
      expect((await failureOf(stack.up())).message).to.include('unknown stack "organization/bench/none"');
    });
  });
});

describe("the options of a resource", () => {
  it("replace it when its trigger changes, and not when one comes", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const program = (trigger?: unknown) => async () =>
        void new Thing("t", {}, trigger === undefined ? {} : { replacementTrigger: trigger as never });
      for (const trigger of [undefined, "1", pulumi.secret("1"), "2"]) {
        await (await bench.stack(program(trigger))).up();
      }
      expect(world.log).to.deep.equal(["create t", "create t", "delete t"]);
    });
  });

  it("keep in the state which differences are hidden", async () => {
    await Bench.with([new World()], async (bench) => {
      await (await bench.stack(async () => void new Thing("t", {}, { hideDiffs: ["value"] }))).up();
      expect(await bench.resource("t"))
        .to.have.property("hideDiff")
        .deep.equal(["value"]);
    });
  });
});
