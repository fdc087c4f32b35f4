import { PulumiCommand } from "@pulumi/pulumi/automation";
import { dependencies } from "../package.json";
import { EmbeddedPulumiCommand } from "../engine/index";
import { builtinProviders } from "../engine/providers/registry";
import { UserError } from "./userError";

export const engineWishes = ["auto", "official", "embedded"] as const;
export type EngineWish = (typeof engineWishes)[number];
export type EngineName = "official" | "embedded";

export interface EngineChoice {
  readonly name: EngineName;
  readonly version: string;
  /** Why this one, for people. */
  readonly reason: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The providers that the stacks use, at the versions of their SDKs. */
const plugins = (["random", "tls", "command", "kubernetes"] as const).map((name) => ({
  name,
  version: dependencies[`@pulumi/${name}`],
}));

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
  const missing = await installPlugins(env);
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
    const command = await PulumiCommand.get();
    return { version: command.version?.toString() ?? found.stdout.trim() };
  } catch (error) {
    const problem = `the pulumi on the PATH cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    return { version: undefined, problem };
  }
}

/** Installs what is missing, one after another, before any stack runs. Answers what could not be had. */
async function installPlugins(env: Environment): Promise<string | undefined> {
  const listed = await pulumi(["plugin", "ls", "--json"], env);
  const installed = parsePlugins(listed.stdout);
  for (const { name, version } of plugins) {
    if (installed.has(`${name}@${version}`)) continue;
    // A plugin on the PATH is used whatever its version is; the CLI says so itself.
    if (!(await execute(`pulumi-resource-${name}`, ["--help"], env)).notFound) continue;
    const install = await pulumi(["plugin", "install", "resource", name, version], env);
    if (install.exitCode !== 0) return `its plugin ${name} ${version} is not there and could not be installed`;
  }
  return undefined;
}

function parsePlugins(json: string): ReadonlySet<string> {
  try {
    const list = JSON.parse(json) as { name: string; version?: string }[];
    return new Set(list.map((plugin) => `${plugin.name}@${plugin.version ?? ""}`));
  } catch {
    return new Set();
  }
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
