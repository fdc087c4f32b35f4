import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { LocalWorkspace, StackAlreadyExistsError, StackNotFoundError } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { Part, Thing } from "../support/things";
import { World } from "../support/testProvider";
import { asPulumiCommand, Bench, SALT } from "../support/workspace";

const program = async () => ({ made: new Thing("a", { value: pulumi.secret("hush") }).made });

function workspace(bench: Bench): Promise<LocalWorkspace> {
  return LocalWorkspace.create({
    workDir: bench.folder,
    envVars: bench.env,
    pulumiCommand: asPulumiCommand(bench.command),
    projectSettings: { name: "bench", runtime: "nodejs" },
  });
}

describe("stacks", () => {
  it("get another name with their state, their secrets, their history and their configuration", async () => {
    const world = new World();
    await Bench.with([world], async (bench) => {
      const parts = async () => {
        const part = new Part("p", { value: pulumi.secret("hush") });
        new Thing("t", { value: [part.thing] }, { dependsOn: part.thing });
        return { made: part.thing.made };
      };
      const stack = await bench.stack(parts);
      await stack.setConfig("key", { value: "secret", secret: true });
      await stack.up();
      await bench.stack(parts, "taken");
      expect((await failureOf(stack.rename({ stackName: "taken" }))).message).to.include("already exists");
      const { summary } = await stack.rename({ stackName: "prod" });
      expect(summary.result).to.equal("succeeded");
      expect((await stack.workspace.listStacks()).map(({ name }) => name)).to.deep.equal(["prod", "taken"]);
      expect(await readdir(bench.folder))
        .to.include("Pulumi.prod.yaml")
        .and.not.include("Pulumi.dev.yaml");
      const text = await readFile(bench.statePath("prod"), "utf8");
      expect(text).to.not.include("urn:pulumi:dev::").and.not.include("bench-dev").and.not.include("hush");
      expect((await bench.resources("prod"))[0]?.urn).to.equal(
        "urn:pulumi:prod::bench::pulumi:pulumi:Stack::bench-prod",
      );
      world.log.length = 0;
      const renamed = await bench.stack(parts, "prod");
      expect((await renamed.getConfig("key")).value).to.equal("secret");
      expect(await renamed.history()).to.have.length(1);
      await renamed.up({ expectNoChanges: true });
      await renamed.destroy();
      expect(world.things.size).to.equal(0);
    });
  });

  it("are made, listed, selected and removed", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await bench.stack(program, "prod");
      const { workspace: ws } = stack;
      expect((await ws.listStacks()).map(({ name, current }) => [name, current])).to.deep.equal([
        ["dev", false],
        ["prod", true],
      ]);
      await ws.selectStack("dev");
      expect((await ws.stack())?.name).to.equal("dev");
      await ws.removeStack("prod");
      expect((await ws.listStacks()).map(({ name }) => name)).to.deep.equal(["dev"]);
      expect(await readdir(bench.folder)).to.not.include("Pulumi.prod.yaml");
    });
  });

  it("that are missing or there already are told as the SDK expects", async () => {
    await Bench.with([new World()], async (bench) => {
      const ws = await workspace(bench);
      expect(await failureOf(ws.selectStack("none"))).to.be.instanceOf(StackNotFoundError);
      await bench.stack(program);
      expect(await failureOf(ws.createStack("dev"))).to.be.instanceOf(StackAlreadyExistsError);
    });
  });

  it("keep the salt of a stack file that has one, and get one otherwise", async () => {
    await Bench.with([new World()], async (bench) => {
      await bench.stack(program);
      expect(await readFile(join(bench.folder, "Pulumi.dev.yaml"), "utf8")).to.include(SALT);
      await (await workspace(bench)).createStack("fresh");
      expect(await readFile(join(bench.folder, "Pulumi.fresh.yaml"), "utf8")).to.match(
        /^encryptionsalt: v1:.+:v1:.+:.+\n$/,
      );
    });
  });

  it("are not removed with resources in them, unless by force", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.up();
      expect((await failureOf(stack.workspace.removeStack("dev"))).message).to.include("still has resources");
      await stack.workspace.removeStack("dev", { force: true });
      expect(await failureOf(stack.workspace.selectStack("dev"))).to.be.instanceOf(StackNotFoundError);
    });
  });

  it("leave files where the official CLI looks for them", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.up();
      const files = (await readdir(join(bench.folder, ".pulumi"), { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(bench.folder.length + 1)
            .replace(/\d{16,}/, "TIMESTAMP"),
        )
        .sort();
      const expected = [
        ".pulumi/backups/bench/dev/dev.TIMESTAMP.json",
        ".pulumi/history/bench/dev/dev-TIMESTAMP.checkpoint.json",
        ".pulumi/history/bench/dev/dev-TIMESTAMP.history.json",
        ".pulumi/meta.yaml",
        ".pulumi/stacks/bench/dev.json",
        ".pulumi/stacks/bench/dev.json.bak",
      ];
      expect(files).to.deep.equal(expected.flatMap((file) => [file, `${file}.attrs`]).sort());
    });
  });

  it("go out with their secrets in clear, and come in with them encrypted", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.up();
      const state = await stack.exportStack();
      expect(JSON.stringify(state)).to.include('"plaintext":"\\"hush\\""');
      await stack.importStack(state);
      expect(JSON.stringify(await bench.checkpoint())).to.not.include("hush");
      await stack.up({ expectNoChanges: true });
    });
  });

  it("refuse a deployment of another stack, and one that contradicts itself", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.up();
      const other = await bench.stack(program, "other");
      const state = await stack.exportStack();
      expect((await failureOf(other.importStack(state))).message).to.include("is from a different stack");
      const broken = JSON.parse(JSON.stringify(state)) as { deployment: { resources: unknown[] } };
      broken.deployment.resources.shift();
      expect((await failureOf(stack.importStack(broken as never))).message).to.include("snapshot integrity failure");
    });
  });

  it("say what is wrong with a state that cannot be used", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.up();
      await writeFile(bench.statePath(), "{");
      expect((await failureOf(stack.up())).message)
        .to.include("is not JSON")
        .and.include(".bak");
      const foreign = { version: 3, checkpoint: { latest: { secrets_providers: { type: "awskms", state: {} } } } };
      await writeFile(bench.statePath(), JSON.stringify(foreign));
      expect((await failureOf(stack.outputs())).message).to.include("secrets provider 'awskms'");
    });
  });

  it("tell their history, newest first, page by page", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.setConfig("token", { value: "t0ken", secret: true });
      await stack.up({ message: "first" });
      await stack.destroy();
      const [last, first] = await stack.history();
      expect([last?.kind, first?.kind]).to.deep.equal(["destroy", "update"]);
      expect(first?.message).to.equal("first");
      expect(first?.config["bench:token"]).to.deep.equal({ value: "t0ken", secret: true });
      expect((await stack.history(1, 2))[0]?.kind).to.equal("update");
      expect((await stack.history(1, 1, false))[0]?.config["bench:token"]).to.deep.equal({ secret: true });
    });
  });
});

describe("other commands", () => {
  it("answer as the SDK expects", async () => {
    await Bench.with([new World()], async (bench) => {
      const ws = await workspace(bench);
      expect(ws.pulumiVersion).to.match(/^3\.\d+\.\d+$/);
      expect((await ws.whoAmI()).url).to.equal(`file://${bench.folder}`);
      expect((await ws.listPlugins()).map(({ name, version }) => [name, version])).to.deep.equal([["test", "1.2.3"]]);
      await ws.installPlugin("test", "v1.2.3");
    });
  });

  it("need a backend of files", async () => {
    await Bench.with([new World()], async (bench) => {
      const run = bench.command.run(["stack", "ls"], bench.folder, { ...bench.env, PULUMI_BACKEND_URL: "s3://bucket" });
      expect((await failureOf(run)).message).to.include("the backend 's3://bucket'");
    });
  });
});
