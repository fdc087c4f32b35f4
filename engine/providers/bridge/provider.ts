import { hasUnknown, mapValues, withoutSecrets } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type {
  CallContext,
  CheckRequest,
  CheckResponse,
  ConfiguredProvider,
  CreateRequest,
  CreateResponse,
  DiffRequest,
  DiffResponse,
  InvokeResponse,
  ReadRequest,
  ReadResponse,
  ResourceProvider,
  UpdateRequest,
  UpdateResponse,
} from "../provider";
import { checkKnownConfig, diffConfigKeys } from "../providerConfig";
import { diffBridged } from "./diff";
import { bridgedFailures, plannedValues } from "./inputs";
import { bridgedOutputs, marked } from "./outputs";
import type { BridgedResource } from "./resource";

/** A function; it gets its arguments in clear, and the configuration of its provider. */
export type BridgedFunction = (
  args: PropertyMap,
  settings: PropertyMap,
  context: CallContext,
) => Promise<InvokeResponse>;

/** A provider that is bridged from Terraform, as data. */
export interface BridgedPackage {
  readonly name: string;
  readonly version: string;
  readonly resources: readonly BridgedResource[];
  readonly functions: Readonly<Record<string, BridgedFunction>>;
  readonly settings: readonly string[];
}

/** Serves a bridged package: checks, defaults, diffs and state follow from its resources' attributes. */
export function bridgedProvider(content: BridgedPackage): ResourceProvider {
  return {
    name: content.name,
    version: content.version,
    types: content.resources.map((resource) => resource.type),
    functions: Object.keys(content.functions),
    async checkConfig(request) {
      return checkKnownConfig(content.name, request.news, content.settings);
    },
    async diffConfig(request) {
      return diffConfigKeys(request, () => false);
    },
    async configure(settings) {
      return new BridgedProvider(content, settings);
    },
  };
}

class BridgedProvider implements ConfiguredProvider {
  private readonly resources: ReadonlyMap<string, BridgedResource>;

  constructor(
    private readonly content: BridgedPackage,
    private readonly settings: PropertyMap,
  ) {
    this.resources = new Map(content.resources.map((resource) => [resource.type, resource]));
  }

  async check(request: CheckRequest): Promise<CheckResponse> {
    const resource = this.resource(request.type);
    const inputs = mapValues(request.news, (value) => (value === null ? undefined : value));
    return { inputs: marked(resource, {}, inputs), failures: bridgedFailures(resource, inputs) };
  }

  async diff(request: DiffRequest): Promise<DiffResponse> {
    return diffBridged(this.resource(request.type), request);
  }

  async create(request: CreateRequest, context: CallContext): Promise<CreateResponse> {
    const resource = this.resource(request.type);
    const planned = plannedValues(resource, request.inputs);
    if (request.preview) {
      const outputs = { ...unknownComputed(resource), ...planned };
      return { id: "", outputs: marked(resource, request.inputs, outputs) };
    }
    context.signal.throwIfAborted();
    const made = await resource.create(planned, context);
    return { id: made.id, outputs: bridgedOutputs(resource, request.inputs, planned, made) };
  }

  async read(request: ReadRequest): Promise<ReadResponse> {
    const resource = this.resource(request.type);
    if (Object.keys(request.outputs).length === 0) return importResource(resource, request.id);
    if (resource.refresh === undefined) return { id: request.id, inputs: request.inputs, outputs: request.outputs };
    const clear = mapValues(request.outputs, withoutSecrets);
    return { id: request.id, inputs: request.inputs, outputs: { ...request.outputs, ...resource.refresh(clear) } };
  }

  async update(request: UpdateRequest): Promise<UpdateResponse> {
    const resource = this.resource(request.type);
    const kept = keptValues(resource, request.oldOutputs);
    const planned = { ...kept, ...plannedValues(resource, request.newInputs) };
    if (request.preview && hasUnknown(planned)) return { outputs: marked(resource, request.newInputs, planned) };
    const made = { id: request.id, computed: {} };
    return { outputs: bridgedOutputs(resource, request.newInputs, planned, made) };
  }

  /** What these packages make lives in the state alone. */
  async delete(): Promise<void> {}

  async invoke(token: string, args: PropertyMap, context: CallContext): Promise<InvokeResponse> {
    const found = this.content.functions[token];
    if (found !== undefined) return await found(mapValues(args, withoutSecrets), this.settings, context);
    const served = Object.keys(this.content.functions).join(", ");
    throw new ProviderError(
      "EDGE-PROVIDER-002",
      `the embedded ${this.content.name} provider has no function ${token}`,
      served === "" ? "It has no functions" : `It has ${served}`,
    );
  }

  async close(): Promise<void> {}

  private resource(type: string): BridgedResource {
    const resource = this.resources.get(type);
    if (resource !== undefined) return resource;
    throw new ProviderError(
      "EDGE-PROVIDER-001",
      `the embedded ${this.content.name} provider does not serve ${type}`,
      `It serves ${[...this.resources.keys()].join(", ")}`,
    );
  }
}

function unknownComputed(resource: BridgedResource): PropertyMap {
  const found = Object.entries(resource.attributes).filter(
    ([, attribute]) => attribute.role === "computed" || attribute.keepsOld === true,
  );
  const values = Object.fromEntries(found.map(([name, { planned }]) => [name, planned ?? Unknown.value]));
  return resource.idOutput ? { ...values, id: Unknown.value } : values;
}

/** What an update leaves: computed values, and those that stay when their input is taken away. */
function keptValues(resource: BridgedResource, outputs: PropertyMap): PropertyMap {
  const clear = mapValues(outputs, withoutSecrets);
  return mapValues(clear, (value, name) => {
    const attribute = resource.attributes[name];
    return attribute?.role === "computed" || attribute?.keepsOld === true ? value : undefined;
  });
}

async function importResource(resource: BridgedResource, id: string): Promise<ReadResponse> {
  if (resource.import === undefined) {
    throw new ProviderError(
      "EDGE-PROVIDER-003",
      `${resource.type} cannot be imported`,
      "Take the import option away and let the resource be created",
    );
  }
  const made = await resource.import(id);
  const outputs = bridgedOutputs(resource, {}, {}, made);
  const inputs = mapValues(outputs, (value, name) => {
    const role = resource.attributes[name]?.role;
    return role === "required" || role === "optional" ? value : undefined;
  });
  return { id: made.id, inputs, outputs };
}
