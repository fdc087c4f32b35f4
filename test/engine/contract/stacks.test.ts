import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ConcurrentUpdateError, StackAlreadyExistsError, StackNotFoundError } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";

const pet = async () => {
  const made = new random.RandomPet("pet", { length: 2 });
  return { id: made.id, hidden: pulumi.secret("hush"), list: [1, { a: null }] };
};

onEachEngine("a stack", (engine) => {
  it("is made, selected, listed and removed, and told where it is missing or there already", async () => {
    await Place.with(async (place) => {
      const { workspace } = await place.stack(engine, pet);
      await place.stack(engine, pet, "prod");
      expect((await workspace.listStacks()).map(({ name }) => name).sort()).to.deep.equal(["dev", "prod"]);
      expect((await workspace.stack())?.name).to.equal("prod");
      await workspace.selectStack("dev");
      expect((await workspace.stack())?.name).to.equal("dev");
      expect(await failureOf(workspace.createStack("dev"))).to.be.instanceOf(StackAlreadyExistsError);
      expect(await failureOf(workspace.selectStack("none"))).to.be.instanceOf(StackNotFoundError);
      await workspace.removeStack("prod");
      expect((await workspace.listStacks()).map(({ name }) => name)).to.deep.equal(["dev"]);
      expect(await readdir(place.folder)).to.not.include("Pulumi.prod.yaml");
    });
  });

  it("keeps configuration and secrets", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      await stack.setConfig("plain", { value: "a b" });
      await stack.setConfig("token", { value: "t0ken", secret: true });
      await stack.setConfig("deep.list[0]", { value: "x" }, true);
      await stack.setAllConfig({ one: { value: "1" }, "other:two": { value: "2", secret: true } });
      expect(await stack.getConfig("plain")).to.deep.equal({ value: "a b", secret: false });
      expect(await stack.getConfig("token")).to.deep.equal({ value: "t0ken", secret: true });
      const all = await stack.getAllConfig();
      expect(Object.keys(all).sort()).to.deep.equal(
        ["contract:deep", "contract:one", "contract:plain", "contract:token", "other:two"].sort(),
      );
      expect(all["contract:deep"]?.value).to.equal('{"list":["x"]}');
      await stack.removeConfig("plain");
      await stack.removeAllConfig(["one", "token"]);
      expect(Object.keys(await stack.getAllConfig()).sort()).to.deep.equal(["contract:deep", "other:two"]);
      expect((await failureOf(stack.getConfig("plain"))).message).to.include("not found");
    });
  });

  it("goes through preview, up, up again, refresh and destroy, and tells its history", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      expect((await stack.preview()).changeSummary).to.deep.equal({ create: 2 });
      const up = await stack.up({ message: "first" });
      expect(up.summary.resourceChanges).to.deep.equal({ create: 2 });
      expect(up.summary.result).to.equal("succeeded");
      expect(up.outputs["hidden"]).to.deep.equal({ value: "hush", secret: true });
      expect(up.outputs["list"]).to.deep.equal({ value: [1, { a: null }], secret: false });
      expect((await stack.preview({ expectNoChanges: true })).changeSummary).to.deep.equal({ same: 2 });
      expect((await stack.up({ expectNoChanges: true })).summary.resourceChanges).to.deep.equal({ same: 2 });
      expect((await stack.refresh({ expectNoChanges: true })).summary.result).to.equal("succeeded");
      expect(await stack.outputs()).to.deep.equal(up.outputs);
      expect((await stack.destroy()).summary.resourceChanges).to.deep.equal({ delete: 2 });
      expect(await place.names()).to.deep.equal([]);
      const history = await stack.history();
      expect(history.map(({ kind }) => kind)).to.deep.equal(["destroy", "refresh", "update", "update"]);
      expect(history[3]?.message).to.equal("first");
      await stack.workspace.removeStack("dev");
    });
  });

  it("goes out and comes in with its secrets", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      await stack.up();
      const state = await stack.exportStack();
      expect(JSON.stringify(state)).to.include("hush");
      await stack.importStack(state);
      expect(JSON.stringify(await place.checkpoint())).to.not.include("hush");
      await stack.up({ expectNoChanges: true });
    });
  });

  it("is not removed with resources in it, unless by force", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      await stack.up();
      expect((await failureOf(stack.workspace.removeStack("dev"))).message).to.include("still has resources");
      await stack.workspace.removeStack("dev", { force: true });
      expect(await failureOf(stack.workspace.selectStack("dev"))).to.be.instanceOf(StackNotFoundError);
    });
  });

  it("honours the lock of another process until it is cancelled", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      const folder = join(place.folder, ".pulumi/locks/organization/contract/dev");
      await mkdir(folder, { recursive: true });
      const lock = { pid: 1, username: "root", hostname: "elsewhere", timestamp: "2026-11-22T22:42:51.5Z" };
      await writeFile(join(folder, "1b4e28ba-2fa1-11d2-883f-0016d3cca427.json"), JSON.stringify(lock));
      expect(await failureOf(stack.up())).to.be.instanceOf(ConcurrentUpdateError);
      await stack.cancel();
      await stack.up();
    });
  });
});
