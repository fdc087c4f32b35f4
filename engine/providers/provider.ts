import type { PropertyMap } from "../property/value";

/**
 * What the engine asks of a provider: the calls of Pulumi's `ResourceProvider` protocol, in process.
 *
 * It is the SDK's `pulumi.provider.Provider` with what that interface leaves out and the protocol has: previews of
 * create and update, old inputs beside old outputs, ignored changes, timeouts, cancellation and log lines. Values are
 * `PropertyMap`s: secrets arrive wrapped in `Secret` and unknowns as `Unknown.value`; a provider returns secrets
 * wrapped too.
 */
export interface ResourceProvider {
  /** The package, such as `random`, and the version of the official provider that this one agrees with. */
  readonly name: string;
  readonly version: string;
  /** `"*"`, or the type tokens that it serves; the engine refuses any other by name. */
  readonly types: "*" | readonly string[];
  /** The functions that `invoke` serves. */
  readonly functions: readonly string[];

  checkConfig(request: CheckRequest, context?: CallContext): Promise<CheckResponse>;
  diffConfig(request: DiffRequest): Promise<DiffResponse>;
  /** Returns a provider bound to this configuration; called once for each provider resource and run. */
  configure(inputs: PropertyMap, context: CallContext): Promise<ConfiguredProvider>;
}

export interface ConfiguredProvider {
  check(request: CheckRequest, context: CallContext): Promise<CheckResponse>;
  diff(request: DiffRequest, context: CallContext): Promise<DiffResponse>;
  create(request: CreateRequest, context: CallContext): Promise<CreateResponse>;
  read(request: ReadRequest, context: CallContext): Promise<ReadResponse>;
  update(request: UpdateRequest, context: CallContext): Promise<UpdateResponse>;
  delete(request: DeleteRequest, context: CallContext): Promise<void>;
  invoke(token: string, args: PropertyMap, context: CallContext): Promise<InvokeResponse>;
  /** Called once when the run is over. */
  close(): Promise<void>;
}

export interface CallContext {
  /** Aborted when the user cancels: running work stops cleanly, then the call rejects. */
  readonly signal: AbortSignal;
  readonly log: (severity: "debug" | "info" | "warning" | "error", message: string, options?: LogOptions) => void;
  /** Environment of this run, which commands inherit; without it, that of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Absolute folder of the project, where relative paths start; without it, the working directory. */
  readonly directory?: string;
}

export interface LogOptions {
  /** Lines of a running command: shown while it runs, not kept as diagnostics. */
  readonly ephemeral?: boolean;
  /** Joins the chunks of one stream. */
  readonly streamId?: number;
}

export interface CheckRequest {
  readonly urn: string;
  readonly type: string;
  /** The last part of the URN: the resource's logical name, for auto-naming. */
  readonly name: string;
  /** Inputs that were checked last time; empty for a new resource. */
  readonly olds: PropertyMap;
  readonly news: PropertyMap;
  /** 32 bytes, stable for a resource through preview and create, for auto-naming. */
  readonly randomSeed: Uint8Array;
}

export interface CheckResponse {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface DiffRequest {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly newInputs: PropertyMap;
  readonly ignoreChanges: readonly string[];
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResponse {
  readonly changes: "none" | "some" | "unknown";
  /** Top-level properties that differ. */
  readonly diffs: readonly string[];
  /** Top-level properties whose change needs a new resource. */
  readonly replaces: readonly string[];
  /** Outputs that do not change in an update. */
  readonly stables: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** By property path, as in `spec.template.spec.containers[0].image`. */
  readonly detailedDiff: Readonly<Record<string, { readonly kind: DiffKind; readonly inputDiff: boolean }>> | undefined;
}

export interface CreateRequest {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: PropertyMap;
  /** Seconds; 0 is the provider's own default. */
  readonly timeout: number;
  readonly preview: boolean;
}

export interface CreateResponse {
  /** Empty in a preview if it cannot be known. */
  readonly id: string;
  readonly outputs: PropertyMap;
}

export interface ReadRequest {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: PropertyMap;
  /** Last outputs; empty for an import or a `get`. */
  readonly outputs: PropertyMap;
}

export interface ReadResponse {
  /** Empty if the resource is gone. */
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

export interface UpdateRequest {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly oldInputs: PropertyMap;
  readonly oldOutputs: PropertyMap;
  readonly newInputs: PropertyMap;
  readonly ignoreChanges: readonly string[];
  readonly timeout: number;
  readonly preview: boolean;
}

export interface UpdateResponse {
  readonly outputs: PropertyMap;
}

export interface DeleteRequest {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  readonly timeout: number;
}

export interface InvokeResponse {
  readonly result: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

/**
 * A create or update that made the resource but could not finish it. The engine stores `outputs` and marks the
 * resource with `initErrors`, so that the next run updates it.
 */
export class PartialFailure extends Error {
  /** From a read: the inputs as they are; without them, those of the request stay. */
  readonly inputs: PropertyMap | undefined;

  constructor(
    readonly id: string,
    readonly outputs: PropertyMap,
    readonly reasons: readonly string[],
    options?: ErrorOptions & { readonly inputs?: PropertyMap },
  ) {
    super(reasons.join("; "), options);
    this.name = "PartialFailure";
    this.inputs = options?.inputs;
  }
}
