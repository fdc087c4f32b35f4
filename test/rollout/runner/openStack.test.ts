import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { expect } from "chai";

import { EmbeddedPulumiCommand } from "../../../engine";
import { openByAutomation } from "../../../rollout/runner/openStack";
import { aFleet, aRelease, aSite } from "../../support/fleet";

type Run = EmbeddedPulumiCommand["run"];

/** The embedded engine, with a list of what the SDK asks it for; each is a process with the official CLI. */
class ListeningCommand extends EmbeddedPulumiCommand {
  readonly verbs: string[] = [];
  readonly environments: Readonly<Record<string, string>>[] = [];

  override run(...given: Parameters<Run>): ReturnType<Run> {
    const [args, , environment] = given;
    this.verbs.push(args[0] === "stack" ? `stack ${args[1]}` : (args[0] ?? ""));
    this.environments.push(environment);
    return super.run(...given);
  }
}

describe("openByAutomation", () => {
  it("runs no more of the CLI than a site needs, with its state and its scratch folder", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgewave-open-"));
    const workDirectory = join(folder, "stacks", "porto");
    await mkdir(workDirectory, { recursive: true });
    await mkdir(join(folder, "state"));
    await writeFile(join(workDirectory, "Pulumi.yaml"), "name: edgewave\nruntime: nodejs\n");
    const command = new ListeningCommand({ providers: [], baseEnv: { HOME: folder, PATH: process.env["PATH"] } });
    const open = openByAutomation({
      pulumiCommand: command as unknown as PulumiCommand,
      environment: { PULUMI_CONFIG_PASSPHRASE: "horse", PULUMI_BACKEND_URL: "file:///nowhere", TMPDIR: "/elsewhere" },
      program: () => async () => ({ answer: 42 }),
    });
    const places = { outputDirectory: folder, access: {}, siteEnvironment: { EDGEWAVE_NODES: "keep" } };
    const arguments_ = { site: aSite(), release: aRelease(), fleet: aFleet(), signers: [], ...places };
    const stack = () => open({ ...arguments_, workDirectory, scratch: join(folder, "scratch") });
    await (await stack()).up({});
    expect(command.verbs.splice(0)).to.deep.equal(["stack select", "stack init", "up"]);
    await (await stack()).up({});
    await (await stack()).preview({});
    await (await stack()).destroy({});
    expect(command.verbs).to.deep.equal(["stack select", "up", "stack select", "preview", "stack select", "destroy"]);
    for (const environment of command.environments) {
      expect(environment).to.include({
        EDGEWAVE_NODES: "keep",
        PULUMI_BACKEND_URL: `file://${folder}/state`,
        TMPDIR: join(folder, "scratch"),
      });
    }
    await rm(folder, { recursive: true });
  });
});
