import type { Readable } from "node:stream";

/** A `git` command that did not end well. Git's messages name paths and refs, never content. */
export class GitFailed extends Error {
  override readonly name: string = "GitFailed";
  /** What it had printed before; a push tells there what became of each ref. */
  readonly stdout: string;
  constructor(
    /** As it was run, for people. */
    readonly command: string,
    /** Undefined if it did not start or was ended by a signal. */
    readonly exitCode: number | undefined,
    /** The last lines of what it said. */
    readonly stderrTail: string,
    why: string,
    options?: ErrorOptions & { readonly stdout?: string },
  ) {
    super(`${command}: ${why}${stderrTail === "" ? "" : `\n${stderrTail}`}`, options);
    this.stdout = options?.stdout ?? "";
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
  // What reaches other machines is verified, says nothing of itself, and runs no program that we did not name.
  GIT_SSL_NO_VERIFY: undefined,
  GIT_SSL_CAINFO: undefined,
  GIT_ASKPASS: undefined,
  SSH_ASKPASS: undefined,
  GIT_SSH: undefined,
  GIT_SSH_COMMAND: undefined,
  GIT_PROXY_COMMAND: undefined,
  GIT_CURL_VERBOSE: undefined,
  GIT_TRACE: undefined,
  GIT_TRACE_CURL: undefined,
  GIT_TRACE_PACKET: undefined,
  GIT_ALLOW_PROTOCOL: "https:file",
  LC_ALL: "C",
};

/** For a command that reaches another machine. */
export interface GitRunOptions {
  /** Beside what every command has. */
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  /** Bytes that it may print; more ends it. */
  readonly mostOutput?: number;
  /** Bytes that any file that it writes may have; more ends it. Only for what others decide the size of. */
  readonly largestFile?: number;
}

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
  { env, signal, timeoutMs, mostOutput, largestFile }: GitRunOptions = {},
): Promise<Buffer> {
  const argv = ["--git-dir", repository, ...args];
  // execa is an ES module whose dependencies export no `require` condition, so this CommonJS package imports it late.
  const { execa } = await import("execa");
  const [program, parameters] = largestFile === undefined ? (["git", argv] as const) : limited(argv, largestFile);
  const result = await execa(program, parameters, {
    env: { ...environment, ...env },
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    ...(mostOutput === undefined ? {} : { maxBuffer: mostOutput }),
    input,
    reject: false,
    encoding: "buffer",
    stripFinalNewline: false,
  });
  if (!result.failed) return Buffer.from(result.stdout);
  signal?.throwIfAborted();
  const said = Buffer.from(result.stderr).toString("utf8");
  const tail = said.trim().split("\n").slice(-tailLines).join("\n");
  const stdout = Buffer.from(result.stdout).toString("utf8");
  throw new GitFailed(`git ${argv.join(" ")}`, result.exitCode, tail, reason(result), { cause: result, stdout });
}

/** Git has no limit for what a fetch brings. POSIX's shell counts in blocks of 512 bytes. */
function limited(argv: readonly string[], largestFile: number): readonly [string, readonly string[]] {
  return ["sh", ["-c", `ulimit -f ${Math.ceil(largestFile / 512)} && exec git "$@"`, "git", ...argv]];
}

function reason(result: {
  exitCode?: number;
  signal?: string;
  code?: string;
  cause?: unknown;
  timedOut: boolean;
}): string {
  if (result.timedOut) return "timed out";
  if (result.code === "ENOENT") return "git was not found; install Git 2.39 or later and see that it is on the PATH";
  // What broke the input off comes before how Git took it.
  if (result.cause instanceof Error) return result.cause.message;
  if (result.signal !== undefined) return `ended by signal ${result.signal}`;
  return `exit code ${result.exitCode}`;
}
