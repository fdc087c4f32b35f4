import { messageOf, RefusedError, ReportedError, EngineError } from "./errors";
import type { ResourceProvider } from "./providers/provider";
import type { CommandResult, Version } from "./sdk";
import { commandError, commandResult, engineVersion } from "./sdk";
import type { Environment } from "./secrets/manager";
import { parseArguments } from "./verbs/arguments";
import { Session } from "./verbs/session";
import { findVerb } from "./verbs/table";

export interface EmbeddedOptions {
  /** The providers whose resources this engine manages. */
  readonly providers: readonly ResourceProvider[];
  /** The environment under each command's own, such as `process.env`. */
  readonly baseEnv: Environment;
}

// The exit code of the official CLI for every failure that has none of its own.
const FAILURE = 255;

/**
 * A `PulumiCommand` for the Automation API that needs no `pulumi` program: pass it as `pulumiCommand` to
 * `LocalWorkspace`.
 */
export class EmbeddedPulumiCommand {
  readonly command = "pulumi (embedded)";
  readonly version: Version = engineVersion();

  constructor(private readonly options: EmbeddedOptions) {}

  /**
   * Does what `pulumi ARGS` would do.
   *
   * @param args as on a command line; what this engine does not support is refused by name.
   * @param cwd where the command runs.
   * @param additionalEnv over `baseEnv`.
   * @param onOutput gets standard output as it comes; `onError` standard error.
   * @param signal cancels: running steps end, then the command fails.
   * @throws the SDK's `CommandError`, or one of its subclasses by the text of the failure.
   */
  async run(
    args: readonly string[],
    cwd: string,
    additionalEnv: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<CommandResult> {
    let stdout = "";
    let stderr = "";
    const output = {
      out: (text: string) => {
        stdout += text;
        onOutput?.(text);
      },
      err: (text: string) => {
        stderr += text;
        onError?.(text);
      },
    };
    const cancel = new AbortController();
    const forward = () => cancel.abort();
    signal?.addEventListener("abort", forward, { once: true });
    if (signal?.aborted) {
      forward();
    }
    try {
      const env = { ...this.options.baseEnv, ...additionalEnv };
      await this.dispatch(args, cwd, env, output, cancel.signal);
      return commandResult(trimmed(stdout), trimmed(stderr), 0);
    } catch (error) {
      output.err(`error: ${explain(error)}\n`);
      throw withCause(commandError(trimmed(stdout), trimmed(stderr), FAILURE), error);
    } finally {
      signal?.removeEventListener("abort", forward);
    }
  }

  private async dispatch(
    args: readonly string[],
    cwd: string,
    env: Environment,
    output: Session["output"],
    signal: AbortSignal,
  ): Promise<void> {
    const { name, verb, rest } = findVerb(args);
    const parsed = parseArguments(name, rest, verb.flags, verb.positional);
    await verb.run(new Session(parsed, cwd, env, output, this.options.providers, signal));
  }
}

/** A fault of the engine itself shows where it happened; everything else is for the user to read. */
function explain(error: unknown): string {
  if (error instanceof EngineError || error instanceof RefusedError || error instanceof ReportedError) {
    return error.message;
  }
  return error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
}

function withCause(error: Error, cause: unknown): Error {
  error.cause = cause;
  return error;
}

/** As the SDK gets it from a process: without the last end of line. */
function trimmed(text: string): string {
  return text.replace(/\r?\n$/, "");
}
