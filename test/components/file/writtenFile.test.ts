import { mkdir, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { LocalWorkspace, type PulumiCommand, type PulumiFn, type UpResult } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import { writtenFile } from "../../../components/file/writtenFile";
import { EmbeddedPulumiCommand } from "../../../engine/index";
import { builtinProviders } from "../../../engine/providers/registry";
import { withFolder } from "../../support/edgewave";

/** Runs programs one after another as one stack, on the embedded engine. */
async function withStack(
  use: (up: (program: PulumiFn, replace?: string[]) => Promise<UpResult>, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const environment = { PULUMI_BACKEND_URL: `file://${folder}`, PULUMI_CONFIG_PASSPHRASE: "test" };
    const baseEnv = Object.fromEntries(Object.entries({ ...process.env, ...environment })) as Record<string, string>;
    const command = new EmbeddedPulumiCommand({ providers: builtinProviders(), baseEnv }) as unknown as PulumiCommand;
    await use(async (program, replace = []) => {
      const stack = await LocalWorkspace.createOrSelectStack(
        { stackName: "porto", projectName: "edgewave", program },
        { envVars: environment, pulumiCommand: command },
      );
      return stack.up({ replace });
    }, folder);
  });
}

describe("a written file as a resource", function () {
  this.timeout(60_000);

  const file =
    (directory: string, content: string): PulumiFn =>
    async () => {
      writtenFile("inventory/hosts.yaml", { directory, path: "inventory/hosts.yaml", content, mode: "public" }, {});
    };

  it("follows its content and its folder, and leaves nothing behind", async () => {
    await withStack(async (up, folder) => {
      const first = path.join(folder, "first out", "porto");
      const second = path.join(folder, "second out", "porto");
      await up(file(first, "one\n"));
      await up(file(first, "two\n"));
      expect(await readFile(path.join(first, "inventory/hosts.yaml"), "utf8")).to.equal("two\n");

      await up(file(second, "two\n"));
      expect(await readFile(path.join(second, "inventory/hosts.yaml"), "utf8")).to.equal("two\n");
      expect(await readdir(path.join(folder, "first out"))).to.deep.equal([]);

      await up(async () => undefined);
      expect(await readdir(path.join(folder, "second out"))).to.deep.equal([]);
    });
  });

  it("is there after a replacement that was asked for by name", async () => {
    await withStack(async (up, folder) => {
      const site = path.join(folder, "out", "porto");
      await up(file(site, "one\n"));
      const urn = "urn:pulumi:porto::edgewave::command:local:Command::inventory/hosts.yaml";
      const { summary } = await up(file(site, "one\n"), [urn]);
      expect(summary.resourceChanges).to.include({ replace: 1 });
      expect(await readFile(path.join(site, "inventory/hosts.yaml"), "utf8")).to.equal("one\n");
    });
  });

  it("fails the update if a folder stands in its place", async () => {
    await withStack(async (up, folder) => {
      const site = path.join(folder, "out", "porto");
      await mkdir(path.join(site, "inventory", "hosts.yaml"), { recursive: true });
      const failure = await up(file(site, "one\n")).catch((error: Error) => error);
      expect(failure).to.be.an("error");
      expect(String(failure)).to.contain("hosts.yaml is a folder, and a file must be written there");
    });
  });
});
