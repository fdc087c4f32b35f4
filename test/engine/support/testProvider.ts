import { changedKeys } from "../../../engine/steps/diff";
import { hasUnknown } from "../../../engine/property/shape";
import type { PropertyMap } from "../../../engine/property/value";
import { Unknown } from "../../../engine/property/value";
import type {
  CallContext,
  CheckRequest,
  CheckResponse,
  ConfiguredProvider,
  CreateRequest,
  CreateResponse,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  InvokeResponse,
  ReadRequest,
  ReadResponse,
  ResourceProvider,
  UpdateRequest,
  UpdateResponse,
} from "../../../engine/providers/provider";
import { PartialFailure } from "../../../engine/providers/provider";

/** Thrown by a provider that plays a killed process. */
export class Killed extends Error {}

/**
 * A world of things, `test:index:Thing`, with the provider that makes them.
 *
 * Inputs: `value` changes in place, `kind` by replacement, `fail` makes the create fail with that message,
 * `partial` makes it half fail, `firstDelete` asks for deletion before replacement. Outputs: the inputs, and `made`,
 * which tells how often the thing was made or changed.
 */
export class World implements ResourceProvider {
  readonly name = "test";
  readonly version = "1.2.3";
  readonly types = ["test:index:Thing"];
  readonly functions = ["test:index:double"];
  readonly things = new Map<string, PropertyMap>();
  /** What was done, in order: `create NAME`, `update NAME`, `delete NAME`. */
  readonly log: string[] = [];
  /** The same by ids, as it took effect. */
  readonly trace: { readonly op: "create" | "update" | "delete"; readonly id: string }[] = [];
  /** The configuration of each `configure`, and how many were closed. */
  readonly configured: PropertyMap[] = [];
  closed = 0;
  running = 0;
  mostRunning = 0;
  /** Called inside each operation, before it takes effect. */
  during: (operation: string, context: CallContext) => Promise<void> = async () => undefined;
  private next = 1;

  checkConfig(request: CheckRequest): Promise<CheckResponse> {
    return Promise.resolve({ inputs: request.news, failures: [] });
  }

  diffConfig(request: DiffRequest): Promise<DiffResponse> {
    const diffs = changedKeys(request.oldInputs, request.newInputs, true);
    return Promise.resolve({ ...diffOf(diffs), replaces: diffs.filter((key) => key === "region") });
  }

  configure(inputs: PropertyMap): Promise<ConfiguredProvider> {
    this.configured.push(inputs);
    return Promise.resolve({
      check: (request) => this.check(request),
      diff: (request) => this.diff(request),
      create: (request, context) => this.create(request, context),
      read: (request) => this.read(request),
      update: (request, context) => this.update(request, context),
      delete: (request, context) => this.remove(request, context),
      invoke: (token, args) => this.invoke(token, args),
      close: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    });
  }

  private check({ news }: CheckRequest): Promise<CheckResponse> {
    const failures = news["value"] === "forbidden" ? [{ property: "value", reason: "it is forbidden" }] : [];
    return Promise.resolve({ inputs: news, failures });
  }

  private diff({ oldInputs, newInputs }: DiffRequest): Promise<DiffResponse> {
    const diffs = changedKeys(oldInputs, newInputs, true);
    const replaces = diffs.filter((key) => key === "kind");
    return Promise.resolve({ ...diffOf(diffs), replaces, deleteBeforeReplace: newInputs["firstDelete"] === true });
  }

  private async create({ name, inputs, preview }: CreateRequest, context: CallContext): Promise<CreateResponse> {
    if (preview) {
      return { id: "", outputs: { ...inputs, made: Unknown.value } };
    }
    await this.operate(`create ${name}`, context);
    if (hasUnknown(inputs)) {
      throw new Error("an unknown value came to a real create");
    }
    if (typeof inputs["fail"] === "string") {
      throw new Error(inputs["fail"]);
    }
    const id = `${name}-${this.next++}`;
    const outputs = { ...inputs, made: 1 };
    this.things.set(id, outputs);
    this.trace.push({ op: "create", id });
    if (inputs["partial"] === true) {
      throw new PartialFailure(id, outputs, ["it is not ready"]);
    }
    return { id, outputs };
  }

  private read({ id, inputs }: ReadRequest): Promise<ReadResponse> {
    const found = this.things.get(id);
    if (found === undefined) {
      return Promise.resolve({ id: "", inputs: {}, outputs: {} });
    }
    const { made: _made, ...rest } = found;
    return Promise.resolve({
      id,
      inputs: Object.keys(inputs).length === 0 ? rest : { ...inputs, ...rest },
      outputs: found,
    });
  }

  private async update(request: UpdateRequest, context: CallContext): Promise<UpdateResponse> {
    const { id, newInputs, oldOutputs, preview, urn } = request;
    if (preview) {
      return { outputs: { ...newInputs, made: Unknown.value } };
    }
    await this.operate(`update ${urn.slice(urn.lastIndexOf("::") + 2)}`, context);
    const outputs = { ...newInputs, made: Number(oldOutputs["made"]) + 1 };
    this.things.set(id, outputs);
    this.trace.push({ op: "update", id });
    return { outputs };
  }

  private async remove({ id, urn }: DeleteRequest, context: CallContext): Promise<void> {
    await this.operate(`delete ${urn.slice(urn.lastIndexOf("::") + 2)}`, context);
    this.things.delete(id);
    this.trace.push({ op: "delete", id });
  }

  private invoke(token: string, args: PropertyMap): Promise<InvokeResponse> {
    const value = args["value"];
    return typeof value === "number"
      ? Promise.resolve({ result: { value: value * 2 }, failures: [] })
      : Promise.resolve({ result: {}, failures: [{ property: "value", reason: `${token} needs a number` }] });
  }

  private async operate(operation: string, context: CallContext): Promise<void> {
    this.running += 1;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      await this.during(operation, context);
      this.log.push(operation);
    } finally {
      this.running -= 1;
    }
  }
}

function diffOf(diffs: readonly string[]): DiffResponse {
  return {
    changes: diffs.length === 0 ? "none" : "some",
    diffs,
    replaces: [],
    stables: [],
    deleteBeforeReplace: false,
    detailedDiff: undefined,
  };
}
