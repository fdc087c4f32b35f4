import { plainText } from "./plainText";
import { GitFailed } from "./run";

/** Why another machine's Git did not do what it was asked. */
export type RemoteState =
  /** No answer: nothing is known, and nothing was changed unless a later look says so. */
  | "unreachable"
  /** Its certificate is not one that we were told to trust, or not at this time. */
  | "distrusted"
  | "denied"
  | "missing"
  /** It has rules, such as a protected branch, that forbid the change. */
  | "refused"
  /** A ref was not where we had seen it. */
  | "raced"
  /** It cannot write: a full disk, or a fault of its own. */
  | "broken"
  | "unknown";

interface StateText {
  readonly code: string;
  readonly what: string;
  readonly next: string;
  /** Whether the same thing may go well in a moment. */
  readonly again: boolean;
}

export const remoteStates: Readonly<Record<RemoteState, StateText>> = {
  unreachable: {
    code: "EDGE-GIT-003",
    what: "cannot be reached",
    next: "See to the link and the server; what was not done is done by the same command again.",
    again: true,
  },
  distrusted: {
    code: "EDGE-GIT-004",
    what: "is not trusted",
    next: "See that hub.gitAuthority of fleet.yaml is the authority of its certificate, and that both clocks are right.",
    again: false,
  },
  denied: {
    code: "EDGE-GIT-005",
    what: "does not let us in",
    next: "The token was revoked or is another account's: edgewave hub setup makes a new one.",
    again: false,
  },
  missing: {
    code: "EDGE-GIT-006",
    what: "has no such repository, or hides it from our account",
    next: "edgewave hub setup makes what is missing.",
    again: false,
  },
  refused: {
    code: "EDGE-GIT-007",
    what: "forbids the change",
    next: "edgewave hub check tells which protection is not edgewave's own; edgewave hub setup puts it right.",
    again: false,
  },
  raced: {
    code: "EDGE-GIT-008",
    what: "had a ref moved by somebody else in between",
    next: "Find out who else moves it; the same command goes on from where it is now.",
    again: true,
  },
  broken: {
    code: "EDGE-GIT-009",
    what: "cannot write",
    next: "See to its disk and its log.",
    again: true,
  },
  unknown: {
    code: "EDGE-GIT-010",
    what: "did not do what it was asked",
    next: "Correct what Git says, then run the same command again.",
    again: false,
  },
};

/** Another machine's Git failed us, in a state that tells what to do. */
export class RemoteFailed extends Error {
  override readonly name = "RemoteFailed";
  readonly code: string;
  /** What to do next. */
  readonly hint: string;
  constructor(
    readonly state: RemoteState,
    /** Without a login. */
    readonly url: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    const { code, what, next } = remoteStates[state];
    const said = plainText(detail);
    super(`${code} ${url} ${what}${said === "" ? "" : `: ${said}`}`, options);
    this.code = code;
    this.hint = next;
  }
}

/*
 * Words of Git 2.39 to 2.50 and libcurl in the C locale (http.c, remote-curl.c, send-pack.c, builtin/receive-pack.c), and
 * of Gitea's own hook (`routers/private/hook_pre_receive.go`). The first that fits counts.
 */
const words: readonly (readonly [RemoteState, RegExp])[] = [
  [
    "distrusted",
    /SSL certificate problem|certificate verification failed|server verification failed|SSL peer certificate|unable to get local issuer|certificate subject name|no alternative certificate subject|certificate has expired|not yet valid|Host key verification failed/i,
  ],
  [
    "broken",
    /No space left on device|Disk quota exceeded|unpack failed|unpacker error|insufficient permission for adding|returned error: 50[07]|unable to write|internal server error/i,
  ],
  // In this machine's own repository: two commands of edgewave fetch the same branch.
  [
    "raced",
    /cannot lock ref '|^fatal: shallow file has changed since|^fatal: Unable to create '[^\n]*\.lock': File exists/m,
  ],
  [
    "unreachable",
    /Could not resolve (?:host|proxy)|Failed to connect|Couldn't connect|Connection (?:refused|reset|timed out|closed)|Operation (?:timed out|too slow)|timed out|No route to host|Network is unreachable|early EOF|unexpected disconnect|hung up unexpectedly|Empty reply|returned error: 50[234]|Recv failure|Send failure|transfer closed|RPC failed|non-properly terminated|Error in the pull function|unexpected eof while reading|SSL_ERROR_SYSCALL/i,
  ],
  [
    "denied",
    /Authentication failed|returned error: 40[13]|could not read (?:Username|Password)|Permission denied|User permission denied|Invalid username or password/i,
  ],
  [
    "missing",
    /repository '?.*'? not found|not found: did you run|returned error: 404|does not appear to be a git repository|Cannot find repository/i,
  ],
  [
    "refused",
    /protected (?:branch|from)|Not allowed to (?:force-)?push|pre-receive hook declined|is the default branch and cannot be deleted|mirror repository is read-only|archived/i,
  ],
];

/** What state a failed command tells of. */
export function remoteState(said: string): RemoteState {
  return words.find(([, form]) => form.test(said))?.[0] ?? "unknown";
}

/** Turns what Git says of another machine into a state; what is no failure of Git goes through as it is. */
export function asRemoteFailure(error: unknown, url: string): unknown {
  if (!(error instanceof GitFailed)) return error;
  const said = error.stderrTail === "" ? error.message : error.stderrTail;
  const fatal = said.split("\n").findLast((line) => /^(fatal|error|remote):/.test(line)) ?? said;
  return new RemoteFailed(remoteState(said), url, fatal, { cause: error });
}
