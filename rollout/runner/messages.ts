import type { DriftResult, RunRequest, RunResult } from "../stackRunner";

/** Everything that the runner and its workers say to each other over Node's IPC channel (structured clones). */

export type Verb = "up" | "preview" | "destroy" | "drift";

/** What a verb gives. */
export type Answer<V extends Verb = Verb> = V extends "drift" ? DriftResult : RunResult;

/** One site's run, with all that a worker needs to know. */
export interface WorkerRequest extends RunRequest {
  readonly verb: Verb;
  /** Absolute. */
  readonly outputDirectory: string;
  /** Absolute; written into the stack's configuration. */
  readonly fleetFolder: string;
  /** Absolute path of the Pulumi.yaml whose program a person would run in the work directory. */
  readonly projectFile: string;
  /** Resources that are worked on at once. */
  readonly parallel: number;
  /** How long another process's lock on the stack is waited for, in milliseconds. */
  readonly lockWait: number;
  /** Absolute path of a folder of this run's own, which is removed afterwards. */
  readonly scratch: string;
}

export type ToWorker =
  | { readonly type: "run"; readonly id: number; readonly request: WorkerRequest }
  /** Ask the run to stop after the steps it is in. */
  | { readonly type: "stop"; readonly id: number }
  /** End once no run is under way. */
  | { readonly type: "close" };

export type FromWorker =
  /** The worker takes runs from now on. */
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly id: number; readonly resources: number; readonly doing?: string }
  | { readonly type: "done"; readonly id: number; readonly result: Answer; readonly memoryMiB: number }
  | { readonly type: "failed"; readonly id: number; readonly failure: WorkerFailure; readonly memoryMiB: number };

/** An error class does not survive the channel; its name does. */
export interface WorkerFailure {
  readonly kind: "failed" | "cancelled" | "locked" | "unreachable";
  readonly message: string;
}
