import { tmpdir } from "node:os";
import { version as command } from "@pulumi/command/package.json";
import { version as kubernetes } from "@pulumi/kubernetes/package.json";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { version as random } from "@pulumi/random/package.json";
import { version as tls } from "@pulumi/tls/package.json";
import { dependencies } from "../package.json";
import { EmbeddedPulumiCommand } from "../engine/index";
import { builtinProviders } from "../engine/providers/registry";
import { installPlugins, type Plugin } from "../rollout/runner/plugins";
import { RunFailed } from "../rollout/stackRunner";
import type { EngineWish } from "./engineWish";
import { UserError } from "./userError";

export type EngineName = "official" | "embedded";

export interface EngineChoice {
  readonly name: EngineName;
  readonly version: string;
  /** Why this one, for people. */
  readonly reason: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The providers that the stacks use, at the versions of their SDKs as they are installed here. */
export const neededPlugins: readonly Plugin[] = [
  { name: "random", version: random },
  { name: "tls", version: tls },
  { name: "command", version: command },
  { name: "kubernetes", version: kubernetes },
];

/** An official CLI must neither ask for news nor fetch plugins in the middle of a wave (pulumi/pulumi#22784). */
export const officialEnvironment = {
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
} as const;

/**
 * Decides which engine runs the stacks. `auto` takes the official CLI where it is on the PATH and its plugins are
 * there or can be installed, else the embedded engine.
 *
 * @throws UserError if `official` was asked for and cannot be had.
 */
export async function chooseEngine(wish: EngineWish, env: Environment): Promise<EngineChoice> {
  if (wish === "embedded") return embedded("asked for");
  const cli = await officialVersion(env);
  if (cli.version === undefined) {
    if (wish === "auto") return embedded(cli.problem);
    throw new UserError(
      "EDGE-CLI-020",
      `the official engine was asked for, but ${cli.problem}`,
      "Put the pulumi CLI on the PATH, or use --engine embedded.",
    );
  }
  const missing = await missingPlugins(env);
  if (missing === undefined) {
    return { name: "official", version: cli.version, reason: "pulumi and its plugins are there" };
  }
  if (wish === "auto") return embedded(missing);
  throw new UserError(
    "EDGE-CLI-021",
    `the official engine was asked for, but ${missing}`,
    "Install the plugin, or use --engine embedded.",
  );
}

/**
 * Installs what the stacks' plugins are missing, before any stack runs. Nothing to do for the embedded engine.
 * @throws RunFailed naming what is missing and cannot be had.
 */
export async function prepareEngine({ name }: Pick<EngineChoice, "name">, env: Environment): Promise<void> {
  if (name === "embedded") return;
  await installPlugins({
    pulumiCommand: await pulumiCommand(name, env),
    environment: defined({ ...env, ...officialEnvironment }),
    plugins: neededPlugins,
    scratchRoot: tmpdir(),
  });
}

/** The Automation API's view of an engine, for this process. */
export async function pulumiCommand(name: EngineName, env: Environment): Promise<PulumiCommand> {
  if (name === "official") return PulumiCommand.get();
  return new EmbeddedPulumiCommand({ providers: builtinProviders(), baseEnv: { ...env } }) as unknown as PulumiCommand;
}

function embedded(reason: string): EngineChoice {
  return { name: "embedded", version: dependencies["@pulumi/pulumi"], reason };
}

type OfficialVersion = { version: string } | { version: undefined; problem: string };

async function officialVersion(env: Environment): Promise<OfficialVersion> {
  const found = await pulumi(["version"], env);
  if (found.notFound) return { version: undefined, problem: "no pulumi on the PATH" };
  try {
    const cli = await PulumiCommand.get();
    return { version: cli.version?.toString() ?? found.stdout.trim() };
  } catch (error) {
    const problem = `the pulumi on the PATH cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    return { version: undefined, problem };
  }
}

/** Why the official engine would have no plugins; undefined if it has them, or had them installed now. */
async function missingPlugins(env: Environment): Promise<string | undefined> {
  try {
    await prepareEngine({ name: "official" }, env);
    return undefined;
  } catch (error) {
    if (error instanceof RunFailed) return error.message;
    return `its plugins cannot be listed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function defined(env: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function pulumi(args: readonly string[], env: Environment): Promise<Executed> {
  return execute("pulumi", args, { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" });
}

interface Executed {
  readonly stdout: string;
  readonly exitCode: number | undefined;
  readonly notFound: boolean;
}

async function execute(file: string, args: readonly string[], env: Environment): Promise<Executed> {
  // execa is an ES module whose dependencies have no `require` condition.
  const { execa } = await import("execa");
  const result = await execa(file, args, { reject: false, stdin: "ignore", timeout: 120_000, env, extendEnv: false });
  return { stdout: result.stdout, exitCode: result.exitCode, notFound: result.code === "ENOENT" };
}
