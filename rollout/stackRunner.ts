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
   * A digest over what the last successful run left behind (state and rendered files), or undefined if there is
   * nothing. Cheap: it starts no engine. A site is unchanged only while this is what its last success recorded.
   */
  evidence(site: string): Promise<string | undefined>;
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
}

export interface RunObserver {
  /** Aborted when the run shall stop: running steps end, then the call rejects with `RunCancelled`. */
  readonly signal: AbortSignal;
  /** Resources done so far. */
  readonly onProgress: (progress: { readonly resources: number }) => void;
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
