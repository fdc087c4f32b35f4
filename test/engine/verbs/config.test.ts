import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { failureOf } from "../support/failure";
import { World } from "../support/testProvider";
import { Bench, SALT } from "../support/workspace";

const program = async () => {
  const config = new pulumi.Config();
  return { name: config.get("name"), token: config.getSecret("token"), list: config.getObject("list") };
};

describe("configuration", () => {
  it("is set, read and removed, with secrets encrypted on disk", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.setAllConfig({
        name: { value: "porto" },
        token: { value: "t0ken", secret: true },
        other: { value: "a=b" },
      });
      expect(await stack.getAllConfig()).to.deep.equal({
        "bench:name": { value: "porto", secret: false },
        "bench:other": { value: "a=b", secret: false },
        "bench:token": { value: "t0ken", secret: true },
      });
      expect(await stack.getConfig("token")).to.deep.equal({ value: "t0ken", secret: true });
      expect(await readFile(join(bench.folder, "Pulumi.dev.yaml"), "utf8")).to.not.include("t0ken");
      await stack.removeAllConfig(["name", "other"]);
      expect(Object.keys(await stack.getAllConfig())).to.deep.equal(["bench:token"]);
      expect((await failureOf(stack.getConfig("name"))).message).to.include(
        "configuration key 'name' not found for stack 'dev'",
      );
    });
  });

  it("has paths into lists and maps", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await stack.setConfig("list[0]", { value: "1" }, true);
      await stack.setConfig("list[1].deep", { value: "x", secret: true }, true);
      expect((await stack.getConfig("list[0]", true)).value).to.equal("1");
      const all = await stack.getAllConfig();
      expect(all["bench:list"]).to.deep.include({ value: '[1,{"deep":"x"}]', secret: true });
      await stack.removeConfig("list[0]", true);
      expect((await stack.getAllConfig())["bench:list"]?.value).to.equal('[{"deep":"x"}]');
    });
  });

  it("reaches the program, the stack's over the project's, and is masked in events", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await writeFile(
        join(bench.folder, "Pulumi.yaml"),
        "name: bench\nruntime: nodejs\nconfig:\n  name: everywhere\n  list: { default: [1] }\n",
      );
      await stack.setConfig("token", { value: "t0ken", secret: true });
      const seen: unknown[] = [];
      const result = await stack.up({ onEvent: (event) => seen.push(event.preludeEvent?.config) });
      expect(result.outputs["name"]?.value).to.equal("everywhere");
      expect(result.outputs["token"]).to.deep.equal({ value: "t0ken", secret: true });
      expect(seen[0]).to.deep.include({ "bench:token": "[secret]" });
      await stack.setConfig("name", { value: "here" });
      expect((await stack.up()).outputs["name"]?.value).to.equal("here");
    });
  });

  it("keeps comments of the stack file", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      const path = join(bench.folder, "Pulumi.dev.yaml");
      await writeFile(
        path,
        `# the site's settings\nencryptionsalt: ${SALT}\nconfig:\n  bench:name: porto # a harbour\n`,
      );
      await stack.setConfig("token", { value: "x" });
      expect(await readFile(path, "utf8"))
        .to.include("# the site's settings")
        .and.include("# a harbour");
    });
  });

  it("refuses keys of its files that it does not know", async () => {
    await Bench.with([new World()], async (bench) => {
      const stack = await bench.stack(program);
      await writeFile(join(bench.folder, "Pulumi.dev.yaml"), `encryptionsalt: ${SALT}\nenvironment: [prod]\n`);
      expect((await failureOf(stack.up())).message).to.include("the key(s) environment");
    });
  });
});
