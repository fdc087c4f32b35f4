import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { LocalWorkspace, type PulumiCommand } from "@pulumi/pulumi/automation";

import { RunFailed } from "../stackRunner";
import { makeScratch, removeScratch } from "./scratch";

/** A resource plugin that a program needs. */
export interface Plugin {
  /** Such as `kubernetes`. */
  readonly name: string;
  /** Without a leading `v`. */
  readonly version: string;
}

export interface PluginInstall {
  readonly pulumiCommand: PulumiCommand;
  readonly environment: Readonly<Record<string, string>>;
  readonly plugins: readonly Plugin[];
  /** Absolute path of the folder for temporary files. */
  readonly scratchRoot: string;
}

/**
 * Installs the plugins that are missing, one after another and before any stack runs: processes that install the same
 * plugin at once get in each other's way (pulumi/pulumi#22784, #24059). One on the PATH is used whatever its version is,
 * as the CLI does; it says so itself.
 * @returns the plugins that were installed, such as `random 4.19.0`.
 * @throws RunFailed naming every plugin that is not there and cannot be had.
 */
export async function installPlugins(install: PluginInstall): Promise<string[]> {
  const { pulumiCommand, environment, plugins, scratchRoot } = install;
  // Without a folder of ours the SDK makes one and leaves it (pulumi-kubernetes-operator#1308).
  const workDir = await makeScratch(scratchRoot);
  try {
    const workspace = await LocalWorkspace.create({ workDir, pulumiCommand, envVars: { ...environment } });
    const there = new Set((await workspace.listPlugins()).map(({ name, version }) => `${name} ${version}`));
    const installed: string[] = [];
    const failures: string[] = [];
    for (const { name, version } of plugins) {
      const plugin = `${name} ${version}`;
      if (there.has(plugin) || (await isOnPath(`pulumi-resource-${name}`, environment["PATH"] ?? ""))) continue;
      try {
        await workspace.installPlugin(name, version);
        installed.push(plugin);
      } catch (error) {
        failures.push(`${plugin} (${reasonOf(error)})`);
      }
    }
    if (failures.length === 0) return installed;
    throw new RunFailed(
      `these plugins of Pulumi are not installed and could not be had: ${failures.join("; ")}. Install each by ` +
        "`pulumi plugin install resource NAME VERSION` where there is a network, with --file from a copy where there is none",
    );
  } finally {
    await removeScratch(workDir);
  }
}

async function isOnPath(program: string, path: string): Promise<boolean> {
  for (const folder of path.split(delimiter)) {
    if (folder === "") continue;
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** The CLI's own words, of all that the SDK says of a failed command. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = [...text.matchAll(/error: (.+)/g)].map((match) => match[1] as string);
  return (said.at(-1) ?? text.split("\n")[0] ?? "").slice(0, 300);
}
