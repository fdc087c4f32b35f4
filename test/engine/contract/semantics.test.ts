import { readFile, writeFile } from "node:fs/promises";

import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note, Part, REPLACED } from "./programs";

onEachEngine("an update", (engine) => {
  it("creates a replacement first and deletes the old one last", async () => {
    await Place.with(async (place) => {
      const program = (step: number) => () => {
        const a = note(place, "a", { value: String(step) }, REPLACED);
        note(place, "b", { value: a.stdout });
      };
      expect(await place.through(engine, program(1), program(2))).to.deep.equal(["create a", "update b", "delete a"]);
    });
  });

  it("deletes first where that is asked for, dependents that must go before", async () => {
    await Place.with(async (place) => {
      const program = (step: number) => () => {
        const a = note(place, "a", { value: String(step) }, { ...REPLACED, deleteBeforeReplace: true });
        note(place, "b", { value: a.stdout }, REPLACED);
      };
      const log = await place.through(engine, program(1), program(2));
      expect(log).to.deep.equal(["delete b", "delete a", "create a", "create b"]);
    });
  });

  it("deletes dependents before what they depend on", async () => {
    await Place.with(async (place) => {
      const program = () => {
        const a = note(place, "a");
        const b = note(place, "b", { value: a.stdout });
        note(place, "c", {}, { dependsOn: b });
      };
      expect(await place.through(engine, program, () => undefined)).to.deep.equal(["delete c", "delete b", "delete a"]);
    });
  });

  it("keeps what is protected, and retains what is to be retained", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        note(place, "guarded", {}, { protect: true });
      });
      await stack.up();
      expect((await failureOf(stack.destroy())).message).to.include("protected");
      expect(await place.names()).to.include("guarded");
      const retained = () => note(place, "guarded", {}, { retainOnDelete: true });
      expect(await place.through(engine, retained, () => undefined)).to.deep.equal([]);
      expect(await place.names()).to.deep.equal([]);
    });
  });

  it("does not delete what goes with its owner", async () => {
    await Place.with(async (place) => {
      const program = () => {
        const owner = note(place, "owner");
        note(place, "owned", {}, { deletedWith: owner });
      };
      expect(await place.through(engine, program, () => undefined)).to.deep.equal(["delete owner"]);
    });
  });

  it("follows aliases of resources and of components to their children", async () => {
    await Place.with(async (place) => {
      const before = () => {
        new random.RandomPet("old", {});
        new Part("part", place);
      };
      const after = () => {
        new random.RandomPet("new", {}, { aliases: [{ name: "old" }] });
        new Part("piece", place, {}, { aliases: [{ name: "part" }] });
      };
      await place.through(engine, before);
      const ids = (await place.resources()).filter(({ type }) => type.startsWith("random:")).map(({ id }) => id);
      const log = await place.through(engine, after);
      // The child's own commands name it, so it is changed, and neither made nor deleted.
      expect(log).to.deep.equal(["update piece-child"]);
      const now = (await place.resources()).filter(({ type }) => type.startsWith("random:")).map(({ id }) => id);
      expect(now).to.deep.equal(ids);
      expect((await place.names()).sort()).to.deep.equal(["new", "piece", "piece-child"]);
    });
  });

  it("leaves out the changes that the program ignores", async () => {
    await Place.with(async (place) => {
      const program = (value: string) => () => note(place, "a", { value }, { ignoreChanges: ["environment"] });
      expect(await place.through(engine, program("1"), program("2"))).to.deep.equal([]);
    });
  });

  it("keeps secrets out of state, events and output", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const pet = new random.RandomPet("pet", { keepers: { token: pulumi.secret("hush-hush") } });
        return { out: pet.keepers };
      });
      const events: EngineEvent[] = [];
      const { stdout, outputs } = await stack.up({ onEvent: (event) => events.push(event) });
      expect(outputs["out"]).to.deep.equal({ value: { token: "hush-hush" }, secret: true });
      expect(stdout).to.not.include("hush-hush");
      const inputs = events.map(({ resourcePreEvent }) => resourcePreEvent?.metadata.new?.inputs);
      expect(JSON.stringify(inputs)).to.include("[secret]").and.not.include("hush-hush");
      expect(await readFile(place.statePath(), "utf8")).to.not.include("hush-hush");
    });
  });

  it("tells events of every step", async () => {
    await Place.with(async (place) => {
      const program = (step: number) => async () => {
        note(place, "replaced", { value: String(step) }, REPLACED);
        note(place, "updated", { value: String(step) });
        note(place, step === 1 ? "gone" : "come");
      };
      await (await place.stack(engine, program(1))).up();
      const told = async (run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>) => {
        const events: EngineEvent[] = [];
        await run((event) => events.push(event));
        expect(events.map(({ sequence }) => sequence)).to.deep.equal(
          events.map(({ sequence }) => sequence).sort((a, b) => a - b),
        );
        expect(events.filter(({ preludeEvent }) => preludeEvent)).to.have.length(1);
        const summary = events.find(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges;
        const steps = (kind: "resourcePreEvent" | "resOutputsEvent") =>
          events
            .flatMap((event) => event[kind]?.metadata ?? [])
            .filter(({ type }) => type.startsWith("command:"))
            .map(({ op, urn }) => `${op} ${urn.slice(urn.lastIndexOf("::") + 2)}`)
            .sort();
        expect(steps("resOutputsEvent")).to.deep.equal(steps("resourcePreEvent"));
        return { summary, steps: steps("resourcePreEvent") };
      };
      const stack = await place.stack(engine, program(2));
      const expected = {
        summary: { create: 1, delete: 1, replace: 1, same: 1, update: 1 },
        steps: [
          "create come",
          "create-replacement replaced",
          "delete gone",
          "delete-replaced replaced",
          "replace replaced",
          "update updated",
        ],
      };
      expect(await told((onEvent) => stack.preview({ onEvent }))).to.deep.equal(expected);
      expect(await told((onEvent) => stack.up({ onEvent }))).to.deep.equal(expected);
    });
  });

  it("says which operations an interrupted run has left, until a refresh forgets them", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        note(place, "a");
      });
      await stack.up();
      const checkpoint = (await place.checkpoint()) as unknown as {
        checkpoint: {
          latest: { resources: { urn: string; type: string; id?: string }[]; pending_operations?: unknown };
        };
      };
      const { latest } = checkpoint.checkpoint;
      const like = latest.resources.find(({ type }) => type === "command:local:Command");
      const { id: _id, ...rest } = like as { urn: string; type: string; id?: string };
      latest.pending_operations = [{ resource: { ...rest, urn: rest.urn.replace(/a$/, "b") }, type: "creating" }];
      await writeFile(place.statePath(), JSON.stringify(checkpoint));
      const { stdout, stderr } = await stack.up();
      expect(stdout + stderr).to.include("b, interrupted while creating");
      await stack.refresh({ clearPendingCreates: true });
      expect((await place.checkpoint()).checkpoint.latest?.pending_operations ?? []).to.deep.equal([]);
    });
  });

  it("that is cancelled lets running steps end and begins no other", async () => {
    await Place.with(async (place) => {
      const cancel = new AbortController();
      const stack = await place.stack(engine, async () => {
        const slow = note(place, "slow", { create: `sleep 2; echo create slow >> '${place.folder}/log'` });
        note(place, "next", { value: slow.stdout });
      });
      const onEvent = ({ resourcePreEvent }: EngineEvent) => {
        if (resourcePreEvent?.metadata.urn.endsWith("::slow")) {
          setTimeout(() => cancel.abort(), 300);
        }
      };
      const error = await failureOf(stack.up({ signal: cancel.signal, onEvent }));
      expect(error.message).to.match(/cancel/i);
      expect(await place.log()).to.not.include("create next");
      await stack.up();
      expect(await place.names()).to.include.members(["slow", "next"]);
    });
  });

  it("that fails keeps what was done and goes on from there", async () => {
    await Place.with(async (place) => {
      const program = (create?: string) => async () => {
        const a = note(place, "a");
        note(place, "b", create === undefined ? { value: a.stdout } : { value: a.stdout, create });
      };
      const stack = await place.stack(engine, program("echo no room >&2; exit 3"));
      expect((await failureOf(stack.up())).message).to.include("no room");
      expect(await place.names()).to.deep.equal(["a"]);
      await (await place.stack(engine, program())).up();
      expect(await place.log()).to.deep.equal(["create a", "create b"]);
    });
  });
});
