import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";

import type { CommandResult } from "../../../engine";
import { EmbeddedPulumiCommand } from "../../../engine";
import { builtinProviders } from "../../../engine/providers/registry";
import type { Checkpoint, CheckpointResource } from "../support/workspace";
import { SALT } from "../support/workspace";

/** What the suites use of a `PulumiCommand`, whose typings hide `run`. */
export interface Command {
  run(args: string[], cwd: string, env: Record<string, string>): Promise<CommandResult>;
}

/** A `PulumiCommand` under test. */
export interface Engine {
  readonly name: "embedded" | "official";
  readonly command: () => Promise<Command>;
}

export const EMBEDDED: Engine = {
  name: "embedded",
  command: async () => new EmbeddedPulumiCommand({ providers: builtinProviders(), baseEnv: process.env }) as Command,
};

const OFFICIAL: Engine = {
  name: "official",
  command: async () => (await PulumiCommand.get({ skipVersionCheck: true })) as unknown as Command,
};

/** Why there is no official engine here; `undefined` if there is one. */
export const officialMissing: string | undefined =
  spawnSync("pulumi", ["version"], { stdio: "ignore" }).status === 0 ? undefined : "no 'pulumi' on the PATH";

/** @throws if there is none. */
export function official(): Engine {
  if (officialMissing !== undefined) {
    throw new Error(`the official CLI is needed: ${officialMissing}`);
  }
  return OFFICIAL;
}

/** The same tests on both engines; where the official one is missing, they count as pending and the title says why. */
export function onEachEngine(title: string, define: (engine: Engine) => void): void {
  describe(`${title} (embedded engine)`, function () {
    this.timeout(120_000);
    define(EMBEDDED);
  });
  const declare = officialMissing === undefined ? describe : describe.skip;
  const why = officialMissing === undefined ? "" : `, skipped: ${officialMissing}`;
  declare(`${title} (official engine${why})`, function () {
    this.timeout(240_000);
    define(OFFICIAL);
  });
}

/** A folder with one project and its state, used through the Automation API by one engine or another. */
export class Place {
  private constructor(readonly folder: string) {}

  static async with<T>(work: (place: Place) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), "engine-contract-"));
    try {
      return await work(new Place(folder));
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

  async workspace(engine: Engine): Promise<LocalWorkspace> {
    return LocalWorkspace.create(await this.options(engine));
  }

  async stack(engine: Engine, program: PulumiFn, name = "dev", salt: "shared" | "none" = "shared"): Promise<Stack> {
    const file = join(this.folder, `Pulumi.${name}.yaml`);
    if (salt === "shared" && !existsSync(file)) {
      // One salt for all, so that the rounds of the key are gone through once in this process.
      await writeFile(file, `encryptionsalt: ${SALT}\n`);
    }
    return LocalWorkspace.createOrSelectStack(
      { projectName: "contract", stackName: name, program },
      await this.options(engine),
    );
  }

  /** Runs `up` of one program after another; the log is that of the last. */
  async through(engine: Engine, ...programs: (() => unknown)[]): Promise<string[]> {
    for (const program of programs) {
      await this.clearLog();
      await (await this.stack(engine, async () => void program())).up();
    }
    return this.log();
  }

  private async options(engine: Engine) {
    return {
      workDir: this.folder,
      envVars: this.env,
      pulumiCommand: (await engine.command()) as never,
      projectSettings: { name: "contract", runtime: "nodejs" as const },
    };
  }

  /** Runs a command in the project's folder. */
  async run(engine: Engine, ...args: string[]): Promise<CommandResult> {
    return (await engine.command()).run(args, this.folder, this.env);
  }

  /** As `run`, with another way to the passphrase. */
  async runWith(
    engine: Engine,
    passphrase: Readonly<Record<string, string>>,
    ...args: string[]
  ): Promise<CommandResult> {
    const { PULUMI_CONFIG_PASSPHRASE: _, ...env } = this.env;
    return (await engine.command()).run(args, this.folder, { ...env, ...passphrase });
  }

  statePath(name = "dev"): string {
    return join(this.folder, ".pulumi/stacks/contract", `${name}.json`);
  }

  async checkpoint(name = "dev"): Promise<Checkpoint> {
    return JSON.parse(await readFile(this.statePath(name), "utf8")) as Checkpoint;
  }

  async resources(name = "dev"): Promise<readonly CheckpointResource[]> {
    return (await this.checkpoint(name)).checkpoint.latest?.resources ?? [];
  }

  /** A resource of the state by its name. @throws if there is none. */
  async resource(name: string, stack = "dev"): Promise<CheckpointResource> {
    const found = (await this.resources(stack)).find(({ urn }) => urn.endsWith(`::${name}`));
    if (found === undefined) {
      throw new Error(`the state has no resource '${name}'`);
    }
    return found;
  }

  /** The names of the resources in the state, providers and the stack itself left out. */
  async names(name = "dev"): Promise<string[]> {
    return (await this.resources(name))
      .filter(({ type }) => !type.startsWith("pulumi:"))
      .map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
  }

  /** The lines that the commands of the programs have written, in order. */
  async log(): Promise<string[]> {
    const path = join(this.folder, "log");
    return existsSync(path) ? (await readFile(path, "utf8")).trimEnd().split("\n") : [];
  }

  async clearLog(): Promise<void> {
    await rm(join(this.folder, "log"), { force: true });
  }
}
