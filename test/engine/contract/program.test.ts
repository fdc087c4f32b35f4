import { readFile } from "node:fs/promises";

import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { onEachEngine, Place } from "./engines";
import { note } from "./programs";

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
