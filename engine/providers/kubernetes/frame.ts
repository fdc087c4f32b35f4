import type { PropertyMap } from "../../property/value";
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
  UpdateRequest,
  UpdateResponse,
} from "../provider";
import { checkObject } from "./check";
import type { KubernetesSettings } from "./config";
import { diffObject } from "./diff";
import { invokeFunction } from "./functions";
import { definedScope, isDefinition } from "./kinds";
import { objectOf } from "./object";

/** What is the same wherever objects are kept, in a cluster or in files: their check, their difference, the functions. */
export abstract class ObjectProvider implements ConfiguredProvider {
  /** Scopes of the kinds that Kubernetes does not define itself; a program's definition counts from its check on. */
  protected readonly defined = new Map<string, "Namespaced" | "Cluster">();

  constructor(protected readonly settings: KubernetesSettings) {}

  async check(request: CheckRequest, _context: CallContext): Promise<CheckResponse> {
    const inputs = checkObject(request, this.settings, this.defined);
    const object = objectOf(inputs);
    const scope = isDefinition(object) ? definedScope(object) : undefined;
    if (scope !== undefined) this.defined.set(...scope);
    return { inputs, failures: [] };
  }

  async diff(request: DiffRequest, _context: CallContext): Promise<DiffResponse> {
    return diffObject(request, this.defined, this.settings.mutability);
  }

  async invoke(token: string, args: PropertyMap): Promise<InvokeResponse> {
    return invokeFunction(token, args, this.defined);
  }

  async close(): Promise<void> {}

  abstract create(request: CreateRequest, context: CallContext): Promise<CreateResponse>;
  abstract read(request: ReadRequest, context: CallContext): Promise<ReadResponse>;
  abstract update(request: UpdateRequest, context: CallContext): Promise<UpdateResponse>;
  abstract delete(request: DeleteRequest, context: CallContext): Promise<void>;
}
