import { clearingStaleLocks, RepositoryLocked } from "./locks";
import { asRemoteFailure, RemoteFailed, remoteState } from "./remoteFailure";
import { GitFailed, gitBytes, type GitRunOptions } from "./run";

/** A repository on another machine, or in another folder. */
export interface GitRemote {
  /** `https://...` without a login, or an absolute path. */
  readonly url: string;
  /** One line, `account:token`; Git reads it itself, so that the token is on no command line. Absolute. */
  readonly loginFile?: string | undefined;
  /** Authorities in PEM; the system's if undefined. Absolute. */
  readonly authorityFile?: string | undefined;
}

/** One ref to move; `from` undefined means that it must not be there yet. */
export interface RefPush {
  readonly ref: string;
  readonly from: string | undefined;
  readonly to: string;
}

/** What became of one ref. */
export interface PushedRef {
  readonly ref: string;
  /** Undefined if it is where it should be now. */
  readonly failure: RemoteFailed | undefined;
}

/** Prints nothing but the login for Git's credential protocol (gitcredentials(7)). */
const helper =
  '!f() { test "$1" = get && sed -n "1s/^\\([^:]*\\):\\(.*\\)$/username=\\1\\npassword=\\2/p" "$EDGEWAVE_LOGIN_FILE"; }; f';

/** No list of refs that a site or a release makes is larger. */
const mostRefsBytes = 4 * 1024 * 1024;
const listTimeoutMs = 60_000;
/** A cut is a few hundred KiB; a slow uplink has to bear the first push of a whole fleet's repository. */
const transferTimeoutMs = 600_000;

function settings({ loginFile, authorityFile }: GitRemote): string[] {
  const config: readonly (readonly [string, string])[] = [
    // An empty one forgets those before.
    ["credential.helper", ""],
    ...(loginFile === undefined ? [] : ([["credential.helper", helper]] as const)),
    ...(authorityFile === undefined ? [] : ([["http.sslCAInfo", authorityFile]] as const)),
    ["http.sslVerify", "true"],
    // A login goes to the server that it is for.
    ["http.followRedirects", "false"],
    // Uploads of some MiB by HTTP/2 stall for ever with Debian 12's libcurl 7.88 and Gitea 1.26.
    ["http.version", "HTTP/1.1"],
    // Gives up on a link that is dead but does not say so.
    ["http.lowSpeedLimit", "1"],
    ["http.lowSpeedTime", "30"],
    ["fetch.fsckObjects", "true"],
    ["transfer.fsckObjects", "true"],
    ["gc.auto", "0"],
    ["maintenance.auto", "false"],
  ];
  return config.flatMap(([key, value]) => ["-c", `${key}=${value}`]);
}

async function run(
  repository: string,
  remote: GitRemote,
  args: readonly string[],
  options: GitRunOptions,
): Promise<string> {
  const env: Record<string, string> = {};
  if (remote.loginFile !== undefined) env["EDGEWAVE_LOGIN_FILE"] = remote.loginFile;
  const all = { mostOutput: mostRefsBytes, ...options, env };
  return (await gitBytes(repository, [...settings(remote), ...args], "", all)).toString("utf8");
}

/**
 * Where a remote's refs are.
 * @param patterns as `git ls-remote` takes them; full names.
 * @throws RemoteFailed
 */
export async function listRefs(
  repository: string,
  remote: GitRemote,
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  try {
    const args = ["ls-remote", "--refs", remote.url, ...patterns];
    const listing = await run(repository, remote, args, { signal, timeoutMs: listTimeoutMs });
    const lines = [...listing.matchAll(/^([0-9a-f]{40})\t(refs\/[^\s]+)$/gm)];
    return new Map(lines.map(([, commit = "", ref = ""]) => [ref, commit]));
  } catch (error) {
    throw asRemoteFailure(error, remote.url);
  }
}

/**
 * Moves refs of a remote by compare-and-swap: each only if it is still where `from` says, or all or none of them.
 * @returns what became of each; never partly unknown.
 * @throws RemoteFailed if that could not be found out: then each ref is where it was or where it should be
 */
export async function pushRefs(
  repository: string,
  remote: GitRemote,
  pushes: readonly RefPush[],
  { atomic = false, signal }: { readonly atomic?: boolean; readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly PushedRef[]> {
  if (pushes.length === 0) return [];
  const args = [
    "push",
    "--porcelain",
    "--no-verify",
    ...(atomic ? ["--atomic"] : []),
    ...pushes.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ""}`),
    remote.url,
    ...pushes.map(({ ref, to }) => `${to}:${ref}`),
  ];
  try {
    const said = await run(repository, remote, args, { signal, timeoutMs: transferTimeoutMs });
    return resultsOf(said, "", pushes, remote);
  } catch (error) {
    // Exit code 1 is how a push ends in which the other side refused a ref; it has told what became of each.
    if (error instanceof GitFailed && error.exitCode === 1 && /^[ +*!=-]\t/m.test(error.stdout)) {
      return resultsOf(error.stdout, error.stderrTail, pushes, remote);
    }
    throw asRemoteFailure(error, remote.url);
  }
}

/** Reads `git push --porcelain`: flag, tab, `from:to`, tab, summary. */
export function resultsOf(
  stdout: string,
  stderr: string,
  pushes: readonly RefPush[],
  { url }: Pick<GitRemote, "url">,
): readonly PushedRef[] {
  const lines = [...stdout.matchAll(/^([ +*!=-])\t\S*:(\S+)\t(.*)$/gm)];
  return pushes.map(({ ref }) => {
    const [, flag, , summary = ""] = lines.find(([, , name]) => name === ref) ?? [];
    if (flag === undefined) return { ref, failure: new RemoteFailed("unknown", url, `nothing was said of ${ref}`) };
    if (flag !== "!") return { ref, failure: undefined };
    const raced = /stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|already exists/.test(
      summary,
    );
    const told = stderr
      .split("\n")
      .filter((line) => line.startsWith("remote:"))
      .join(" ");
    const state = raced ? "raced" : remoteState(`${summary} ${told}`);
    const words = told
      .replace(/remote:\s*/g, "")
      .replace(/\s+/g, " ")
      .trim();
    return { ref, failure: new RemoteFailed(state, url, `${ref} ${summary}${words === "" ? "" : `: ${words}`}`) };
  });
}

const fetching = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];

/**
 * Brings a remote's refs here.
 * @param refspecs each `+remote:local`, with full names.
 * @throws RemoteFailed
 */
export async function fetchRefs(
  repository: string,
  remote: GitRemote,
  refspecs: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  try {
    await run(repository, remote, [...fetching, remote.url, ...refspecs], { signal, timeoutMs: transferTimeoutMs });
  } catch (error) {
    throw asRemoteFailure(error, remote.url);
  }
}

export interface NewestLimits {
  /** After this the remote counts as unreachable. */
  readonly timeoutMs: number;
  /** Bytes; whoever pushed the branch must not fill this machine's disk. */
  readonly largestFile: number;
}

/**
 * Brings one of a remote's branches here without its history, by one connection: the commit is made a root of this
 * repository. What was here of the branch before is nobody's afterwards.
 * @param ref full name, the same on both sides.
 * @returns whether the remote has the branch; if not, nothing is changed here.
 * @throws RemoteFailed; `raced` if another Git is at work on the same branch here
 */
export async function fetchNewest(
  repository: string,
  remote: GitRemote,
  ref: string,
  { signal, timeoutMs, largestFile }: Pick<GitRunOptions, "signal"> & NewestLimits,
): Promise<boolean> {
  const args = [...fetching, "--depth=1", remote.url, `+${ref}:${ref}`];
  try {
    await clearingStaleLocks(repository, ["shallow.lock", `${ref}.lock`], () =>
      run(repository, remote, args, { signal, timeoutMs, largestFile }),
    );
    return true;
  } catch (error) {
    // What the remote says by itself begins with "remote:".
    if (error instanceof GitFailed && /^fatal: couldn't find remote ref /m.test(error.stderrTail)) return false;
    if (error instanceof RepositoryLocked) throw new RemoteFailed("raced", remote.url, error.message, { cause: error });
    throw asRemoteFailure(error, remote.url);
  }
}
