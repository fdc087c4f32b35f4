import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { expect } from "chai";

import { EmbeddedPulumiCommand } from "../../../engine";
import { splitWords } from "../../../engine/language/words";
import { failureOf } from "../support/failure";
import { World } from "../support/testProvider";
import { SALT } from "../support/workspace";

const PROGRAM = `
import * as pulumi from "@pulumi/pulumi";
class Thing extends pulumi.CustomResource {
  declare readonly made: pulumi.Output<number>;
  constructor(name: string, args: pulumi.Inputs) {
    super("test:index:Thing", name, { made: undefined, ...args }, { version: "1.2.3" });
  }
}
const config = new pulumi.Config();
console.log("hello from the program");
const thing = new Thing("thing", { value: config.requireSecret("token") });
if (config.getBoolean("fail")) {
  throw new Error("the program is unhappy");
}
export const made = thing.made;
export const cwd = process.cwd();
`;

/** A project with its own Pulumi.yaml, whose program is TypeScript that tsx loads. */
async function withProject(
  work: (run: (...args: string[]) => Promise<{ stdout: string }>, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "engine-project-"));
  try {
    await mkdir(join(folder, "stacks"));
    await symlink(resolve(__dirname, "../../../node_modules"), join(folder, "node_modules"));
    await writeFile(join(folder, "package.json"), "{}");
    await writeFile(join(folder, "stacks/index.ts"), PROGRAM);
    await writeFile(
      join(folder, "Pulumi.yaml"),
      "name: project\nmain: stacks/index.ts\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n    nodeargs: --import tsx\n",
    );
    await writeFile(join(folder, "Pulumi.dev.yaml"), `encryptionsalt: ${SALT}\n`);
    const command = new EmbeddedPulumiCommand({ providers: [new World()], baseEnv: process.env });
    const env = {
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "edgewave",
      PULUMI_HOME: join(folder, "home"),
    };
    const run = (...args: string[]) => command.run(args, folder, env);
    await run("stack", "init", "dev");
    await run("config", "set", "--secret", "token", "t0ken");
    await work(run, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe("a program in a process of its own", () => {
  it("is run as its project says, with its configuration, and what it prints is shown", async () => {
    await withProject(async (run, folder) => {
      const { stdout } = await run("up", "--yes");
      expect(stdout).to.include("hello from the program").and.not.include("t0ken");
      const outputs = JSON.parse((await run("stack", "output", "--json")).stdout) as Record<string, unknown>;
      expect(outputs).to.deep.equal({ made: 1, cwd: join(folder, "stacks") });
      await run("preview", "--expect-no-changes");
      await run("destroy", "--yes");
    });
  }).timeout(60_000);

  it("that fails is told once, and nothing is deleted", async () => {
    await withProject(async (run) => {
      await run("up", "--yes");
      await run("config", "set", "fail", "true");
      const { message } = await failureOf(run("up", "--yes"));
      // The line of the stack tells it while it goes on, and the diagnostics in the end.
      const [, diagnostics = ""] = message.split("Diagnostics:");
      expect(diagnostics.split("Error: the program is unhappy")).to.have.length(2);
      expect(JSON.parse((await run("stack", "export")).stdout).deployment.resources).to.have.length(3);
    });
  }).timeout(60_000);
});

describe("node's arguments", () => {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ["--import tsx", ["--import", "tsx"]],
    [`--title "a b" 'c d'`, ["--title", "a b", "c d"]],
    ["a\\ b", ["a b"]],
    ["  ", []],
    ['""', [""]],
  ];
  for (const [line, words] of lines) {
    it(`are split: ${line}`, () => expect(splitWords(line)).to.deep.equal(words));
  }

  it("are refused with an open quote", () => {
    expect(() => splitWords('"a')).to.throw("is not closed");
  });
});
