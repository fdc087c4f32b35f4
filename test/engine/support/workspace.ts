import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { LocalWorkspace } from "@pulumi/pulumi/automation";

import type { CommandResult } from "../../../engine";
import { EmbeddedPulumiCommand } from "../../../engine";
import type { ResourceProvider } from "../../../engine/providers/provider";

/** The SDK types a command with its own class, which hides `run`; ours is the same to it. */
export function asPulumiCommand(command: EmbeddedPulumiCommand): never {
  return command as never;
}

/** A salt of the passphrase `edgewave`, so that a test process derives one key. */
export const SALT = "v1:5BzsNtRLZqI=:v1:XBRtURdB+3I7q9d2:2o4lgC9H+oPio8UGsfmuyEWsXUA/Ww==";

/** A folder for one project with its state. */
export class Bench {
  private constructor(
    readonly folder: string,
    readonly command: EmbeddedPulumiCommand,
  ) {}

  /** Runs `work` with a new folder, and removes it. */
  static async with<T>(providers: readonly ResourceProvider[], work: (bench: Bench) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "engine-test-"));
    try {
      const command = new EmbeddedPulumiCommand({ providers, baseEnv: process.env });
      return await work(new Bench(folder, command));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  get env(): Record<string, string> {
    return {
      PULUMI_BACKEND_URL: `file://${this.folder}`,
      PULUMI_CONFIG_PASSPHRASE: "edgewave",
      PULUMI_HOME: join(this.folder, "home"),
    };
  }

  async stack(program: PulumiFn, name = "dev"): Promise<Stack> {
    const file = join(this.folder, `Pulumi.${name}.yaml`);
    if (!existsSync(file)) {
      await writeFile(file, `encryptionsalt: ${SALT}\n`);
    }
    return LocalWorkspace.createOrSelectStack(
      { projectName: "bench", stackName: name, program },
      {
        workDir: this.folder,
        envVars: this.env,
        pulumiCommand: asPulumiCommand(this.command),
        projectSettings: { name: "bench", runtime: "nodejs" },
      },
    );
  }

  /** Runs a command in the project's folder. */
  run(...args: string[]): Promise<CommandResult> {
    return this.command.run(args, this.folder, this.env);
  }

  async checkpoint(name = "dev"): Promise<Checkpoint> {
    return JSON.parse(await readFile(this.statePath(name), "utf8")) as Checkpoint;
  }

  statePath(name = "dev"): string {
    return join(this.folder, ".pulumi/stacks/bench", `${name}.json`);
  }

  async resources(name = "dev"): Promise<CheckpointResource[]> {
    return (await this.checkpoint(name)).checkpoint.latest?.resources ?? [];
  }

  /** A resource of the state by its name. @throws if there is none. */
  async resource(name: string): Promise<CheckpointResource> {
    const found = (await this.resources()).find(({ urn }) => urn.endsWith(`::${name}`));
    if (found === undefined) {
      throw new Error(`the state has no resource '${name}'`);
    }
    return found;
  }
}

export interface CheckpointResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly parent?: string;
  readonly provider?: string;
  readonly dependencies?: readonly string[];
  readonly [key: string]: unknown;
}

export interface Checkpoint {
  readonly version: number;
  readonly checkpoint: {
    readonly stack: string;
    readonly latest?: {
      readonly resources?: CheckpointResource[];
      readonly pending_operations?: { readonly resource: CheckpointResource; readonly type: string }[];
    };
  };
}
