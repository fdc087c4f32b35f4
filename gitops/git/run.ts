import type { Readable } from "node:stream";

/** A `git` command that did not end well. Git's messages name paths and refs, never content. */
export class GitFailed extends Error {
  override readonly name: string = "GitFailed";
  constructor(
    /** As it was run, for people. */
    readonly command: string,
    /** Undefined if it did not start or was ended by a signal. */
    readonly exitCode: number | undefined,
    /** The last lines of what it said. */
    readonly stderrTail: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(`${command}: ${why}${stderrTail === "" ? "" : `\n${stderrTail}`}`, options);
  }
}

// Nothing of the person's or the machine's configuration may change a commit, ask a question or point elsewhere:
// `undefined` takes a variable that a calling hook may have set out of the environment.
const environment: Record<string, string | undefined> = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_COUNT: undefined,
  GIT_CONFIG_PARAMETERS: undefined,
  GIT_TERMINAL_PROMPT: "0",
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_OBJECT_DIRECTORY: undefined,
  GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
  GIT_NAMESPACE: undefined,
  GIT_DEFAULT_HASH: undefined,
  LC_ALL: "C",
};

const tailLines = 12;

/**
 * Runs `git` on one bare repository and returns what it prints. `--git-dir` is always given, so that a folder that
 * is no repository never falls through to the repository around it.
 * @throws GitFailed
 */
export async function git(repository: string, args: readonly string[], input: string | Readable = ""): Promise<string> {
  return (await gitBytes(repository, args, input)).toString("utf8").replace(/\n$/, "");
}

/** As `git`, for output that is not text: every byte as it comes. @throws GitFailed */
export async function gitBytes(
  repository: string,
  args: readonly string[],
  input: string | Readable = "",
): Promise<Buffer> {
  const argv = ["--git-dir", repository, ...args];
  // execa is an ES module whose dependencies export no `require` condition, so this CommonJS package imports it late.
  const { execa } = await import("execa");
  const result = await execa("git", argv, {
    env: environment,
    input,
    reject: false,
    encoding: "buffer",
    stripFinalNewline: false,
  });
  if (!result.failed) return Buffer.from(result.stdout);
  const said = Buffer.from(result.stderr).toString("utf8");
  const tail = said.trim().split("\n").slice(-tailLines).join("\n");
  throw new GitFailed(`git ${argv.join(" ")}`, result.exitCode, tail, reason(result), { cause: result });
}

function reason(result: { exitCode?: number; signal?: string; code?: string; cause?: unknown }): string {
  if (result.code === "ENOENT") return "git was not found; install Git 2.39 or later and see that it is on the PATH";
  // What broke the input off comes before how Git took it.
  if (result.cause instanceof Error) return result.cause.message;
  if (result.signal !== undefined) return `ended by signal ${result.signal}`;
  return `exit code ${result.exitCode}`;
}
