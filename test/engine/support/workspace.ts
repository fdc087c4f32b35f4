import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { LocalWorkspace } from "@pulumi/pulumi/automation";

import { EmbeddedPulumiCommand } from "../../../engine";
import type { ResourceProvider } from "../../../engine/providers/provider";

/** The SDK types a command with its own class, which hides `run`; ours is the same to it. */
export function asPulumiCommand(command: EmbeddedPulumiCommand): never {
  return command as never;
}

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

  stack(program: PulumiFn, name = "dev"): Promise<Stack> {
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

  async checkpoint(name = "dev"): Promise<Checkpoint> {
    return JSON.parse(await readFile(this.statePath(name), "utf8")) as Checkpoint;
  }

  statePath(name = "dev"): string {
    return join(this.folder, ".pulumi/stacks/bench", `${name}.json`);
  }

  async resources(name = "dev"): Promise<CheckpointResource[]> {
    return (await this.checkpoint(name)).checkpoint.latest?.resources ?? [];
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
