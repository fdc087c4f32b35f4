import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { PulumiCommand } from "@pulumi/pulumi/automation";
import { assert, expect } from "chai";

import { installPlugins } from "../../../rollout/runner/plugins";
import { RunFailed } from "../../../rollout/stackRunner";

describe("installPlugins", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "edgewave-plugins-"));
    await mkdir(join(root, "bin"));
    await mkdir(join(root, "scratch"));
  });
  afterEach(() => rm(root, { recursive: true }));

  async function program(name: string, text: string): Promise<void> {
    await writeFile(join(root, "bin", name), text);
    await chmod(join(root, "bin", name), 0o755);
  }
  /** A CLI that knows one plugin, writes down what it is asked for, and has no network for kubernetes. */
  async function cli(): Promise<PulumiCommand> {
    await mkdir(join(root, "cli", "bin"), { recursive: true });
    const script = [
      "#!/bin/sh",
      `echo "$*" >> "${root}/calls"`,
      'case "$*" in',
      "version*) echo v3.248.0;;",
      `"plugin ls"*) echo '[{"name":"random","kind":"resource","version":"4.21.2"}]';;`,
      `*kubernetes*) echo "error: could not download: no such host" >&2; exit 255;;`,
      "esac",
    ];
    await writeFile(join(root, "cli", "bin", "pulumi"), script.join("\n"));
    await chmod(join(root, "cli", "bin", "pulumi"), 0o755);
    return PulumiCommand.get({ root: join(root, "cli") });
  }
  const install = async (names: Readonly<Record<string, string>>) =>
    installPlugins({
      pulumiCommand: await cli(),
      environment: { PATH: `${join(root, "bin")}:${dirname(process.execPath)}:/usr/bin:/bin` },
      plugins: Object.entries(names).map(([name, version]) => ({ name, version })),
      scratchRoot: join(root, "scratch"),
    });
  const calls = async () =>
    (await readFile(join(root, "calls"), "utf8")).split("\n").filter((call) => call.startsWith("plugin install"));

  it("installs what is missing, at the version of the SDK, and leaves nothing behind", async () => {
    expect(await install({ random: "4.21.2", tls: "5.6.1" })).to.deep.equal(["tls 5.6.1"]);
    const [call, ...more] = await calls();
    expect(call).to.match(/^plugin install resource tls 5\.6\.1\b/);
    expect(more).to.be.empty;
    expect(await readdir(join(root, "scratch"))).to.be.empty;
  });

  it("installs another version than the one that is there", async () => {
    expect(await install({ random: "4.99.0" })).to.deep.equal(["random 4.99.0"]);
  });

  it("takes a plugin on the PATH, as the CLI does", async () => {
    await program("pulumi-resource-kubernetes", "#!/bin/sh\n");
    expect(await install({ kubernetes: "4.34.2" })).to.deep.equal([]);
    expect(await calls()).to.be.empty;
  });

  it("names what is missing where there is no network, after it has installed the rest", async () => {
    const failure: unknown = await install({ kubernetes: "4.34.2", tls: "5.6.1" }).catch((error: unknown) => error);
    assert(failure instanceof RunFailed);
    expect(failure.message).to.contain("kubernetes 4.34.2 (could not download: no such host)");
    expect(failure.message).not.to.contain("tls");
    expect(await calls()).to.have.length(2);
    expect(await readdir(join(root, "scratch"))).to.be.empty;
  });
});
