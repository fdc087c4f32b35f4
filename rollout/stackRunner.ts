import type { Fleet, Release, ResolvedSite } from "../fleet/model";

/**
 * Runs one site's stack. The driver knows no engine and no Kubernetes; this is all that it asks for. Any number of
 * calls may be under way at once, but never two for one site.
 */
export interface StackRunner {
  up(request: RunRequest, observer: RunObserver): Promise<RunResult>;
  preview(request: RunRequest, observer: RunObserver): Promise<RunResult>;
  destroy(request: RunRequest, observer: RunObserver): Promise<RunResult>;
  /**
   * Compares what is there with what the release wants, and writes neither state nor files.
   * @throws RunFailed if the site has no state, `SiteUnreachable` if it has no link.
   */
  drift(request: RunRequest, observer: RunObserver): Promise<DriftResult>;
  /**
   * A digest over what the last successful run left behind (state and rendered files), or undefined if there is
   * nothing. Cheap: it starts no engine. A site is unchanged only while this is what its last success recorded.
   */
  evidence(site: string): Promise<string | undefined>;
  /**
   * Does once what every run needs, such as installing an engine's plugins; a run that comes first does it itself. To be
   * called before a rollout's first wave.
   * @throws RunFailed naming what is missing.
   */
  prepare?(): Promise<void>;
  /** Absolute path of the newest copy of a site's state that was kept before a change; undefined if there is none. */
  newestBackup?(site: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface RunRequest {
  readonly site: ResolvedSite;
  readonly release: Release;
  /** What the program needs of the fleet beside the site. */
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  /** Public keys (`ssh-ed25519 AAAA... comment`) whose signature Flux asks of a release; empty if of none. */
  readonly signers: readonly string[];
  /** Grows with every run of the site; a run with an older token than the last one is refused. */
  readonly fencingToken: number;
  /**
   * Whether the site's state or files are not what its last success left, so that the state cannot be relied on for
   * what is there.
   */
  readonly touched: boolean;
  /** What a destroy does with the nodes of a field site; without it, such a destroy is refused. */
  readonly nodes?: "keep" | "reset" | undefined;
}

export interface RunObserver {
  /** Aborted when the run shall stop: running steps end, then the call rejects with `RunCancelled`. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: RunProgress) => void;
  /**
   * Called with the reason when the run waits for something of this machine before it starts, such as memory, and with
   * undefined once it has started.
   */
  readonly onWaiting?: (reason: string | undefined) => void;
}

export interface RunProgress {
  /** Resources done so far. */
  readonly resources: number;
  /** What is being done at the site at the moment, such as a playbook's play, task and host; for people. */
  readonly doing?: string;
}

export interface RunResult {
  /** Resources in the stack after the run (for a preview: that there would be). */
  readonly resources: number;
  /** By operation, as Pulumi names them: `create`, `update`, `delete`, `same`, `replace`. */
  readonly changes: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** What was done beside the run, such as the repair of an interrupted one; for people. */
  readonly notes?: readonly string[];
}

/** How a site differs from its release and from its state. */
export interface DriftResult {
  /**
   * Entries by operation, and under `same` how many resources do not differ. The entries may be fewer: see `more`.
   */
  readonly changes: Readonly<Record<string, number>>;
  /** At most 50, in order of `found`, type and name. */
  readonly entries: readonly DriftEntry[];
  /** How many entries were left out. */
  readonly more: number;
  readonly seconds: number;
  /** What else differs or could not be compared; for people. */
  readonly notes: readonly string[];
}

/** One thing that is not as it was left. It holds no values, so no secrets. */
export interface DriftEntry {
  /**
   * - `refresh`: the world differs from the state; `op` is what happened there (`update`, `delete`).
   * - `preview`: the state differs from the release; `op` is what `up` would do.
   * - `files`: a rendered file is not what the last success wrote; `op` is what happened to it (`create`, `update`,
   *   `delete`).
   */
  readonly found: "refresh" | "preview" | "files";
  readonly op: string;
  /** Pulumi's type token, or `file`. */
  readonly type: string;
  /** The resource's name, or the file's path under the site's folder. */
  readonly name: string;
  /** Properties that differ, such as `spec.replicas`; at most 20. */
  readonly paths: readonly string[];
}

/** The stack's program or a provider failed; `message` is for people and holds no secrets. */
export class RunFailed extends Error {
  override readonly name = "RunFailed";
}

/** The run stopped because it was asked to; the stack's state is whole. */
export class RunCancelled extends Error {
  override readonly name = "RunCancelled";
}

/** Another run holds the stack's lock; `message` says who and since when. */
export class StackLocked extends Error {
  override readonly name = "StackLocked";
}

/** The site has no link at the moment; `message` says what was tried. It is deferred, and has not failed. */
export class SiteUnreachable extends Error {
  override readonly name = "SiteUnreachable";
}
