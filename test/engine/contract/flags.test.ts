import type { EngineEvent, UpOptions } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note, urnOf } from "./programs";

onEachEngine("a run that is told what to touch", (engine) => {
  const chain = (place: Place, step: number, more = false) => {
    return async () => {
      const a = note(place, "a", { value: `${step}` });
      const b = note(place, "b", { value: a.stdout });
      note(place, "c", { value: `${step}` });
      if (more) {
        note(place, "d", { value: b.stdout });
      }
    };
  };

  /** What an update to the next step does under these options, once the first step is there. */
  const touched = (options: Partial<UpOptions>, step = 2, more = false) =>
    Place.with(async (place) => {
      await (await place.stack(engine, chain(place, 1))).up();
      await place.clearLog();
      await (await place.stack(engine, chain(place, step, more))).up(options);
      const { urn } = (await place.resources())[0] ?? {};
      expect(urn).to.include("pulumi:pulumi:Stack");
      return place.log();
    });

  it("touches only its targets", async () => {
    expect(await touched({ target: [urnOf("c")] })).to.deep.equal(["update c"]);
  });

  it("takes dependents along, and patterns of names", async () => {
    expect(await touched({ target: ["**::a"], targetDependents: true })).to.deep.equal(["update a", "update b"]);
  });

  it("makes nothing that is not among its targets", async () => {
    expect(await touched({ target: [urnOf("c")] }, 2, true)).to.deep.equal(["update c"]);
  });

  it("touches everything but what is excluded", async () => {
    expect(await touched({ exclude: [urnOf("c")] })).to.deep.equal(["update a", "update b"]);
  });

  it("excludes dependents too", async () => {
    expect(await touched({ exclude: [urnOf("a")], excludeDependents: true })).to.deep.equal(["update c"]);
  });

  it("replaces what it is told to, although nothing has changed", async () => {
    expect(await touched({ replace: [urnOf("c")] }, 1)).to.deep.equal(["create c", "delete c"]);
  });

  it("replaces one target and leaves the rest as it is", async () => {
    await Place.with(async (place) => {
      await (await place.stack(engine, chain(place, 1))).up();
      await place.clearLog();
      const stack = await place.stack(engine, chain(place, 2));
      await stack.up({ target: [urnOf("c")], replace: [urnOf("c")] });
      expect(await place.log()).to.deep.equal(["create c", "delete c"]);
    });
  });

  it("says which target there is not", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, chain(place, 1));
      await stack.up();
      const none = urnOf("none");
      expect((await failureOf(stack.destroy({ target: [none] }))).message).to.include(
        `no resource named '${none}' found`,
      );
      for (const options of [{ target: [none] }, { replace: [none] }]) {
        const { message } = await failureOf(stack.up(options));
        expect(message).to.include(`Target '${none}' could not be found in the stack.`);
      }
      expect(await place.names()).to.have.members(["a", "b", "c"]);
    });
  });

  it("refuses a target that needs what is not there and not among them", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, chain(place, 1));
      const { message } = await failureOf(stack.up({ target: [urnOf("b")] }));
      expect(message).to.include(urnOf("a"));
      expect(await place.log()).to.deep.equal([]);
    });
  });

  it("destroys targets with their dependents, if those are asked for", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, chain(place, 1));
      await stack.up();
      await place.clearLog();
      const { message } = await failureOf(stack.destroy({ target: [urnOf("a")] }));
      expect(message).to.include(urnOf("b")).and.include("--target-dependents");
      expect(await place.log()).to.deep.equal([]);
      await stack.destroy({ target: [urnOf("a")], targetDependents: true });
      expect(await place.log()).to.deep.equal(["delete b", "delete a"]);
      expect(await place.names()).to.deep.equal(["c"]);
    });
  });

  it("destroys all but what is excluded and what that needs", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, chain(place, 1));
      await stack.up();
      await place.clearLog();
      await stack.destroy({ exclude: [urnOf("b")] });
      expect(await place.log()).to.deep.equal(["delete c"]);
      expect(await place.names()).to.have.members(["a", "b"]);
    });
  });

  it("refreshes only its targets", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, chain(place, 1));
      await stack.up();
      const { summary } = await stack.refresh({ target: [urnOf("c")] });
      expect(summary.result).to.equal("succeeded");
      expect(await place.names()).to.have.members(["a", "b", "c"]);
    });
  });

  it("refreshes before an update, a preview and a destroy if told so", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, chain(place, 1));
      await stack.up({ refresh: true });
      await stack.preview({ refresh: true, expectNoChanges: true });
      await stack.up({ refresh: true, expectNoChanges: true });
      await stack.destroy({ refresh: true });
      expect((await place.log()).map((line) => line.split(" ")[0])).to.deep.equal([
        ...["create", "create", "create"],
        ...["delete", "delete", "delete"],
      ]);
      expect(await place.resources()).to.deep.equal([]);
    });
  });

  it("fails where changes were not expected, before any of them in a preview and after them in an update", async () => {
    await Place.with(async (place) => {
      await (await place.stack(engine, chain(place, 1))).up();
      await place.clearLog();
      const stack = await place.stack(engine, chain(place, 2));
      expect((await failureOf(stack.preview({ expectNoChanges: true }))).message).to.include(
        "no changes were expected for preview but changes were proposed",
      );
      expect(await place.log()).to.deep.equal([]);
      expect((await failureOf(stack.up({ expectNoChanges: true }))).message).to.include(
        "no changes were expected for update but changes were proposed",
      );
    });
  });

  it("shows what a refresh and a destroy would do, and does nothing", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, chain(place, 1));
      await stack.up();
      await place.clearLog();
      const told: string[] = [];
      const onEvent = ({ resourcePreEvent }: EngineEvent) => {
        if (resourcePreEvent?.metadata.type === "command:local:Command") {
          told.push(resourcePreEvent.metadata.op);
        }
      };
      await stack.previewDestroy({ onEvent });
      expect(told).to.deep.equal(["delete", "delete", "delete"]);
      await stack.previewRefresh();
      expect(await place.log()).to.deep.equal([]);
      expect(await place.names()).to.have.members(["a", "b", "c"]);
    });
  });
});
