import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note } from "./programs";

const pet = async () => ({ name: new random.RandomPet("pet", { prefix: pulumi.secret("hush") }).id });

onEachEngine("the state on disk", (engine) => {
  it("is a checkpoint of version 3 with its backup, a history and no lock left", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      await stack.up();
      await (await place.stack(engine, async () => undefined)).up();
      const { version, checkpoint } = await place.checkpoint();
      expect(version).to.equal(3);
      expect(checkpoint.stack).to.equal("organization/contract/dev");
      const { latest } = checkpoint as { latest?: Record<string, unknown> };
      expect(latest?.["secrets_providers"]).to.have.property("type", "passphrase");
      const state = join(place.folder, ".pulumi");
      expect(await readdir(join(state, "stacks/contract"))).to.include.members(["dev.json", "dev.json.bak"]);
      const history = await readdir(join(state, "history/contract/dev"));
      expect(history.filter((name) => /^dev-\d+\.history\.json$/.test(name))).to.have.length(2);
      expect(history.filter((name) => /^dev-\d+\.checkpoint\.json$/.test(name))).to.have.length(2);
      const locks = await readdir(join(state, "locks/organization/contract/dev")).catch(() => []);
      expect(locks).to.deep.equal([]);
    });
  });

  it("has a salt of its own where none was given, and secrets that only the passphrase opens", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet, "salty", "none");
      await stack.setConfig("token", { value: "t0ken", secret: true });
      await stack.up();
      const file = join(place.folder, "Pulumi.salty.yaml");
      const text = await readFile(file, "utf8");
      expect(text).to.match(/^encryptionsalt: v1:[A-Za-z0-9+/=]+:v1:/m);
      expect(text)
        .to.match(/secure: v1:/)
        .and.not.include("t0ken");
      const env = { PULUMI_CONFIG_PASSPHRASE: "another" };
      const { message } = await failureOf(place.runWith(engine, env, "config", "get", "token", "--stack", "salty"));
      expect(message).to.include("incorrect passphrase");
      const there = await place.run(engine, "config", "get", "token", "--stack", "salty");
      expect(there.stdout).to.equal("t0ken");
    });
  });

  it("takes its passphrase from a file too", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      await stack.up();
      await writeFile(join(place.folder, "passphrase"), "edgewave\n");
      const env = { PULUMI_CONFIG_PASSPHRASE_FILE: join(place.folder, "passphrase") };
      const { stdout } = await place.runWith(engine, env, "stack", "output", "--json", "--stack", "dev");
      expect(JSON.parse(stdout)).to.have.property("name");
    });
  });

  it("is refused where it is broken, and left as it is", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, pet);
      await stack.up();
      const broken = (await readFile(place.statePath(), "utf8")).slice(0, 200);
      await writeFile(place.statePath(), broken);
      await failureOf(stack.up());
      expect(await readFile(place.statePath(), "utf8")).to.equal(broken);
    });
  });

  it("moves with its folder", async () => {
    await Place.with(async (place) => {
      const up = await (await place.stack(engine, pet)).up();
      await Place.with(async (other) => {
        await mkdir(join(other.folder, ".pulumi/stacks/contract"), { recursive: true });
        await copyFile(place.statePath(), other.statePath());
        await copyFile(join(place.folder, "Pulumi.dev.yaml"), join(other.folder, "Pulumi.dev.yaml"));
        const stack = await other.stack(engine, pet);
        await stack.preview({ expectNoChanges: true });
        expect(await stack.outputs()).to.deep.equal(up.outputs);
      });
    });
  });
});

onEachEngine("a killed update", (engine) => {
  /** A script that keeps what is on disk while it runs: the state that a kill at this moment would leave. */
  const keepState = (place: Place) => `cp '${place.statePath()}' '${place.folder}/killed'`;
  const bringBack = (place: Place) => copyFile(join(place.folder, "killed"), place.statePath());
  const pending = async (place: Place) =>
    ((await place.checkpoint()).checkpoint.latest?.pending_operations ?? []).map(
      ({ type, resource }) => `${type} ${resource.urn.slice(resource.urn.lastIndexOf("::") + 2)}`,
    );

  it("leaves a create under way, which every run tells of until a refresh forgets it", async () => {
    await Place.with(async (place) => {
      const stack = await place.stack(engine, async () => {
        const a = note(place, "a");
        note(place, "b", { value: a.stdout, create: keepState(place) });
      });
      await stack.up();
      await stack.destroy();
      await bringBack(place);
      expect(await pending(place)).to.deep.equal(["creating b"]);
      expect(await place.names()).to.deep.equal(["a"]);
      const again = await stack.up();
      expect(again.stdout + again.stderr).to.include("b, interrupted while creating");
      expect(await pending(place)).to.deep.equal(["creating b"]);
      await stack.refresh();
      expect(await pending(place)).to.deep.equal(["creating b"]);
      await stack.refresh({ clearPendingCreates: true });
      expect(await pending(place)).to.deep.equal([]);
      await stack.preview({ expectNoChanges: true });
    });
  });

  it("leaves a deletion under way, which the next run does again", async () => {
    await Place.with(async (place) => {
      await place.through(engine, () =>
        note(place, "a", { delete: `echo delete >> '${place.folder}/log'; ${keepState(place)}` }),
      );
      await place.through(engine, () => undefined);
      await bringBack(place);
      expect(await pending(place)).to.deep.equal(["deleting a"]);
      expect(await place.through(engine, () => undefined)).to.deep.equal(["delete"]);
      expect(await pending(place)).to.deep.equal([]);
    });
  });

  it("goes on with a replacement where it stopped", async () => {
    await Place.with(async (place) => {
      const program = (value: string) => () =>
        note(
          place,
          "a",
          {
            value,
            delete: `echo "delete $VALUE" >> '${place.folder}/log'; [ -e '${place.folder}/killed' ] || ${keepState(place)}`,
          },
          { replaceOnChanges: ["environment"] },
        );
      await place.through(engine, program("1"));
      expect(await place.through(engine, program("2"))).to.deep.equal(["create a", "delete 1"]);
      await bringBack(place);
      // The new one is in the state, and the old one still waits for its deletion.
      expect(await place.names()).to.deep.equal(["a", "a"]);
      expect(await place.through(engine, program("2"))).to.deep.equal(["delete 1"]);
      expect(await place.names()).to.deep.equal(["a"]);
      await rm(join(place.folder, "killed"));
    });
  });
});
