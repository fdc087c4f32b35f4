import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { EmbeddedPulumiCommand } from "../../../engine";
import { builtinProviders } from "../../../engine/providers/registry";
import type { CommandResult } from "../../../engine";
import type { Checkpoint, CheckpointResource } from "./workspace";

const DATA = resolve(__dirname, "../../data/official");

/** One of the programs that were recorded with the official CLI, in a folder of its own. */
export class RecordedProgram {
  private constructor(
    readonly name: string,
    readonly folder: string,
    private readonly command: EmbeddedPulumiCommand,
    private readonly variables: Readonly<Record<string, string>>,
  ) {}

  /** @param variables set in the environment of each command, beside those of the recording. */
  static async with<T>(
    name: string,
    work: (program: RecordedProgram) => Promise<T>,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "engine-official-"));
    try {
      for (const file of ["index.js", "Pulumi.yaml", "Pulumi.dev.yaml"]) {
        await copyFile(join(DATA, name, file), join(folder, file));
      }
      await symlink(resolve(__dirname, "../../../node_modules"), join(folder, "node_modules"));
      await mkdir(join(folder, "out"));
      const command = new EmbeddedPulumiCommand({ providers: builtinProviders(), baseEnv: process.env });
      const program = new RecordedProgram(name, folder, command, variables);
      return await work(program);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs a command as it would be at step 1 or 2 of the recording. */
  run(step: 1 | 2, ...args: string[]): Promise<CommandResult> {
    return this.runWith({ STEP: String(step) }, ...args);
  }

  runWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<CommandResult> {
    return this.command.run(args, this.folder, {
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "edgewave",
      PULUMI_HOME: join(this.folder, "home"),
      CASE_OUT: join(this.folder, "out"),
      ...this.variables,
      ...env,
    });
  }

  private get statePath(): string {
    return join(this.folder, ".pulumi/stacks", `edge-${this.name}`, "dev.json");
  }

  /**
   * Makes the stack with a recorded checkpoint; paths of the recording become the folder's.
   *
   * @param changed what else is to be another here than it was there, in the checkpoint's text.
   */
  async begin(recorded: string, changed: (text: string) => string = (text) => text): Promise<void> {
    await this.run(1, "stack", "init", "dev");
    await this.put(recorded, changed);
  }

  /** Replaces the stack's checkpoint by a recorded one. */
  async put(recorded: string, changed: (text: string) => string = (text) => text): Promise<void> {
    await writeFile(this.statePath, changed(await this.text(recorded)));
  }

  async resources(): Promise<readonly CheckpointResource[]> {
    const checkpoint = JSON.parse(await readFile(this.statePath, "utf8")) as Checkpoint;
    return checkpoint.checkpoint.latest?.resources ?? [];
  }

  async recorded(file: string): Promise<readonly CheckpointResource[]> {
    return (JSON.parse(await this.text(file)) as Checkpoint).checkpoint.latest?.resources ?? [];
  }

  /** A recorded file, with paths of this folder. */
  async text(file: string): Promise<string> {
    return (await readFile(join(DATA, this.name, file), "utf8")).replaceAll("/case/", `${this.folder}/`);
  }
}
