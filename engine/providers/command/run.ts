import path from "node:path";
import { hashArchive } from "../../assets/hash";
import type { AssetOrArchive, PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type { CallContext } from "../provider";
import { surroundingsOf } from "../surroundings";
import { globAssets } from "./globs";
import { readSettings } from "./inputs";
import type { Logging } from "./inputs";
import { runProcess } from "./process";
import { hide, secretTexts } from "./secrets";

/** What a command wrote, each without its last line end, as the official provider stores it. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** The files that `assetPaths` names after the command, by their path; absent without it. */
  readonly assets?: PropertyMap;
  /** The files that `archivePaths` names, in one archive; absent without it. */
  readonly archive?: AssetOrArchive;
}

/**
 * Runs one command line with the settings in `inputs`.
 *
 * Lines of output go to the log as ephemeral messages with the secrets of `inputs` hidden.
 *
 * @param previous what the last run wrote; goes into the environment as PULUMI_COMMAND_STDOUT and
 *   PULUMI_COMMAND_STDERR unless the inputs turn that off.
 * @throws ProviderError with exit status and output if the command fails.
 */
export async function runCommand(
  command: string,
  inputs: PropertyMap,
  previous: CommandOutput,
  context: CallContext,
): Promise<CommandOutput> {
  const settings = readSettings(inputs);
  const surroundings = surroundingsOf(context);
  const secrets = secretTexts(inputs);
  const environment: Record<string, string | undefined> = { ...surroundings.environment, ...settings.environment };
  if (settings.addPreviousOutputInEnv) {
    if (previous.stdout !== "") environment["PULUMI_COMMAND_STDOUT"] = previous.stdout;
    if (previous.stderr !== "") environment["PULUMI_COMMAND_STDERR"] = previous.stderr;
  }
  const directory = path.resolve(surroundings.directory, settings.dir ?? ".");
  const result = await runProcess({
    argv: [...settings.interpreter, command],
    directory,
    environment,
    stdin: settings.stdin,
    signal: context.signal,
    onLine: (stream, line) => {
      if (logs(settings.logging, stream)) context.log("info", hide(line, secrets), { ephemeral: true });
    },
  });
  if (result.failure !== undefined) {
    throw new ProviderError(
      "EDGE-COMMAND-001",
      hide(`${result.failure}: running ${JSON.stringify(command)}:\n${result.output.trimEnd()}`, secrets),
      "Correct the command or what it works on, then run again",
    );
  }
  const { assetPaths, archivePaths } = settings;
  const found = async (patterns: readonly string[]) => globAssets(directory, settings.dir ?? directory, patterns);
  return {
    ...(assetPaths === undefined ? {} : { assets: await found(assetPaths) }),
    ...(archivePaths === undefined
      ? {}
      : { archive: await hashArchive({ assets: await found(archivePaths) }, surroundings.directory) }),
    stdout: withoutLastLineEnd(result.stdout),
    stderr: withoutLastLineEnd(result.stderr),
  };
}

/** Whether the lines of a stream are shown while the command runs. */
export function logs(logging: Logging, stream: "stdout" | "stderr"): boolean {
  return logging === "stdoutAndStderr" || logging === stream;
}

/** The text as the official provider stores it. */
export function withoutLastLineEnd(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}
