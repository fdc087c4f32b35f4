import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ConcurrentUpdateError } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import { expect } from "chai";

import type { Engine } from "../contract/engines";
import { EMBEDDED, official, Place } from "../contract/engines";
import { note, REPLACED } from "../contract/programs";
import { failureOf } from "../support/failure";
import type { Checkpoint } from "../support/workspace";
import { describeExchange } from "./exchange";

/** A script that keeps what is on disk while it runs: the state that a kill at this moment would leave. */
const keepState = (place: Place) =>
  `[ -e '${place.folder}/killed' ] || cp '${place.statePath()}' '${place.folder}/killed'`;

/** The other engine goes on from what a killed run has left. */
async function crash(first: Engine, second: Engine): Promise<void> {
  await Place.with(async (place) => {
    const program = (step: number) => async () => {
      const changed = { value: `${step}`, delete: `echo delete a >> '${place.folder}/log'; ${keepState(place)}` };
      const a = note(place, "a", changed, REPLACED);
      note(place, "b", { value: a.stdout });
    };
    await (await place.stack(first, program(1))).up();
    await (await place.stack(first, program(2))).up();
    await copyFile(join(place.folder, "killed"), place.statePath());
    expect(await place.names()).to.have.members(["a", "a", "b"]);
    await place.clearLog();
    await (await place.stack(second, program(2))).up();
    expect(await place.log()).to.deep.equal(["delete a"]);
    await (await place.stack(first, program(2))).preview({ expectNoChanges: true });
  });
}

/** A create that was under way is told by the other engine, and forgotten by its refresh. */
async function pendingCreate(first: Engine, second: Engine): Promise<void> {
  await Place.with(async (place) => {
    const program = async () => void note(place, "a", { create: keepState(place) });
    await (await place.stack(first, program)).up();
    await (await place.stack(first, program)).destroy();
    await copyFile(join(place.folder, "killed"), place.statePath());
    const stack = await place.stack(second, program);
    const { stdout, stderr } = await stack.up();
    expect(stdout + stderr).to.include("a, interrupted while creating");
    await stack.refresh({ clearPendingCreates: true });
    expect((await place.checkpoint()).checkpoint.latest?.pending_operations ?? []).to.deep.equal([]);
    await (await place.stack(first, program)).preview({ expectNoChanges: true });
  });
}

/** Each engine is kept out while the other one runs. */
async function locked(first: Engine, second: Engine): Promise<void> {
  await Place.with(async (place) => {
    const create = `while [ ! -e '${place.folder}/go' ]; do sleep 0.05; done`;
    const running = await place.stack(first, async () => void note(place, "a", { create }));
    const other = await place.stack(second, async () => undefined);
    let refused: Promise<Error> | undefined;
    await running.up({
      onEvent: ({ resourcePreEvent }) => {
        if (resourcePreEvent?.metadata.type === "command:local:Command") {
          refused ??= failureOf(other.up()).finally(() => writeFile(join(place.folder, "go"), ""));
        }
      },
    });
    expect(await refused).to.be.instanceOf(ConcurrentUpdateError);
    await other.up();
    expect(await place.names()).to.deep.equal([]);
  });
}

/** A salt, secrets of the configuration and a history that one engine has made are the other one's. */
async function settings(first: Engine, second: Engine): Promise<void> {
  await Place.with(async (place) => {
    const program = async () => void note(place, "a");
    const made = await place.stack(first, program, "salty", "none");
    await made.setConfig("token", { value: "t0ken", secret: true });
    await made.up({ message: "by the first" });
    const file = join(place.folder, "Pulumi.salty.yaml");
    const before = await readFile(file, "utf8");
    const stack = await place.stack(second, program, "salty", "none");
    expect(await readFile(file, "utf8")).to.equal(before);
    expect(await stack.getConfig("token")).to.deep.equal({ value: "t0ken", secret: true });
    await stack.setConfig("more", { value: "s3cret", secret: true });
    await stack.up({ message: "by the second" });
    expect(await made.getConfig("more")).to.deep.equal({ value: "s3cret", secret: true });
    for (const each of [made, stack]) {
      expect((await each.history()).map(({ message }) => message)).to.deep.equal(["by the second", "by the first"]);
    }
    const exported = await made.exportStack();
    await stack.importStack(exported);
    await made.preview({ expectNoChanges: true });
    await stack.destroy();
    await stack.workspace.removeStack("salty");
  });
}

/**
 * A plan that one engine has made lets the other one do what it says, and nothing else. Without the command provider:
 * the official plugin's mark of its framework's version is part of a plan, and each build has its own.
 */
async function plan(first: Engine, second: Engine): Promise<void> {
  await Place.with(async (place) => {
    const program = (v: string) => async () => {
      const pet = new random.RandomPet("a", { keepers: { v } });
      return { pet: pet.id };
    };
    await (await place.stack(first, program("1"))).up();
    const file = join(place.folder, "plan.json");
    await (await place.stack(first, program("2"))).preview({ plan: file });
    const before = await place.checkpoint();
    const error = await failureOf((await place.stack(second, program("3"))).up({ plan: file }));
    expect(error.message).to.match(/violates plan: .*keepers/);
    expect(petOf(await place.checkpoint())?.id).to.equal(petOf(before)?.id);
    await (await place.stack(second, program("2"))).up({ plan: file });
    expect(petOf(await place.checkpoint())?.inputs?.["keepers"]).to.deep.equal({ v: "2" });
    await (await place.stack(first, program("2"))).preview({ expectNoChanges: true });
  });
}

const petOf = ({ checkpoint }: Checkpoint) =>
  checkpoint.latest?.resources?.find(({ type }) => type === "random:index/randomPet:RandomPet");

describeExchange("the exchange of engines over", () => {
  const cases = {
    "an update plan": plan,
    "a replacement that was killed": crash,
    "a create that was killed": pendingCreate,
    "a stack's lock": locked,
    "a salt, settings, history and an export": settings,
  };
  for (const [name, exchange] of Object.entries(cases)) {
    it(`${name}: embedded, then official`, () => exchange(EMBEDDED, official()));
    it(`${name}: official, then embedded`, () => exchange(official(), EMBEDDED));
  }
});
