import type { Amount } from "./model";

/** What a gate does to its site when it can neither pass nor fail by its timeout. `hold`: it waits for somebody. */
export type OnInconclusive = "hold" | "fail" | "pass";

/** How a gate is asked, whatever it asks. */
export interface GateTiming {
  /** DNS label, unique among the gates of a rollout or wave. */
  readonly name: string;
  /** From the end of one check to the next. */
  readonly intervalSeconds: number;
  /** From the gate's beginning; a verdict is there by then. */
  readonly timeoutSeconds: number;
  /** Passes in a row that the gate asks for. */
  readonly passes: number;
  /** Fails in a row that are final before the timeout. */
  readonly failures: number;
  /** Undefined is what the rollout says. */
  readonly onInconclusive: OnInconclusive | undefined;
}

/** As many of the site's nodes as asked are Ready and take pods. */
export interface NodesReadyGate extends GateTiming {
  readonly type: "nodesReady";
  /** Of the nodes in the site's file. */
  readonly minReady: Amount;
}

/** Flux has applied the promoted commit, and what it applied is Ready. */
export interface FluxReadyGate extends GateTiming {
  readonly type: "fluxReady";
  /** Undefined are all. */
  readonly namespaces: readonly string[] | undefined;
  readonly includeHelmReleases: boolean;
}

/** From the first to the last status code, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** A GET is answered as expected. */
export interface HttpGate extends GateTiming {
  readonly type: "http";
  /** With placeholders. */
  readonly url: string;
  readonly expectStatus: readonly StatusRange[];
  /** A text that the body holds. */
  readonly bodyContains: string | undefined;
  /** A regular expression of RE2 that the body matches anywhere. */
  readonly bodyMatches: string | undefined;
  /** Values with placeholders; never a secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** File with a bearer token; relative to the fleet's folder, with placeholders. */
  readonly tokenFile: string | undefined;
  /** File with the authorities to trust in place of the system's; as `tokenFile`. */
  readonly caFile: string | undefined;
}

export const comparisons = ["==", "!=", ">", ">=", "<", "<="] as const;

/** What the answer to a query is compared with. */
export type PromqlExpectation =
  | "empty"
  | "nonEmpty"
  /** Every sample compares so; no sample at all says nothing. */
  | { readonly operator: (typeof comparisons)[number]; readonly value: number };

/** An instant query to a Prometheus answers as expected. */
export interface PromqlGate extends GateTiming {
  readonly type: "promql";
  /** `site`: in the site's cluster; `hub`: the fleet's `hub.prometheusUrl`; otherwise a base address with placeholders. */
  readonly prometheus: string;
  /** With placeholders. */
  readonly query: string;
  readonly expect: PromqlExpectation;
  /** As in `HttpGate`; for a Prometheus that is not the site's. */
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

/** A program ends with 0 (pass) or 1 (fail); anything else says nothing. */
export interface CommandGate extends GateTiming {
  readonly type: "command";
  /** Program and arguments, without a shell; with placeholders. */
  readonly command: readonly string[];
  /** Values with placeholders; never a secret. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The site itself has reported that it runs the promoted commit, in its repository `site/<site>`. */
export interface GitGate extends GateTiming {
  readonly type: "git";
  readonly branch: string;
  /** In the repository, with placeholders. */
  readonly file: string;
  /** Who may sign reports (ssh-keygen(1), ALLOWED SIGNERS); undefined is the key that the site was given. As `HttpGate.tokenFile`. */
  readonly allowedSignersFile: string | undefined;
}

/** No certificate runs out while the site may be dark. */
export interface CertificatesGate extends GateTiming {
  readonly type: "certificates";
  /** `host:port` with placeholders. */
  readonly endpoints: readonly string[];
  /** The API server's and the administrator's, as the site's kubeconfig has them. */
  readonly apiServer: boolean;
  /** Every certificate in PEM among the files that were rendered for the site. */
  readonly renderedFiles: boolean;
  /** Beyond the longest outage of the site's link. */
  readonly marginSeconds: number;
  /** Authorities that endpoints must chain to; undefined looks at dates only. As `HttpGate.tokenFile`. */
  readonly caFile: string | undefined;
}

/** Nothing is asked: time passes in which other trouble may show. */
export interface SoakGate extends GateTiming {
  readonly type: "soak";
  /** From the site's last change. */
  readonly durationSeconds: number;
}

/**
 * A site that was away is as it should be: its mirrors have caught up, what it changed was taken over or is listed as
 * conflicts, Flux is at the promoted commit, and its buffers are empty. No file asks for it: it comes before the gates of
 * each site that catches up.
 */
export interface ReconnectGate extends GateTiming {
  readonly type: "reconnect";
}

/** A check between "applied" and "done". It answers pass, fail or inconclusive. */
export type Gate =
  | NodesReadyGate
  | FluxReadyGate
  | HttpGate
  | PromqlGate
  | CommandGate
  | GitGate
  | CertificatesGate
  | SoakGate
  | ReconnectGate;

/** What a wave as a whole is asked: nothing that only one site could answer. A `promql` asks the hub or an address. */
export type WaveGate = HttpGate | PromqlGate | CommandGate | SoakGate;

export type GateType = Gate["type"];
/** The gates of one type. */
export type GateOf<Type extends GateType> = Extract<Gate, { readonly type: Type }>;

/** Those that a file can ask for. */
export const gateTypes = [
  "nodesReady",
  "fluxReady",
  "http",
  "promql",
  "command",
  "git",
  "certificates",
  "soak",
] as const satisfies readonly GateType[];
