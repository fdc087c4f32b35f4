import path from "node:path";
import { hasSecret } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";
import type {
  CallContext,
  CheckRequest,
  CheckResponse,
  CreateRequest,
  CreateResponse,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  ReadRequest,
  ReadResponse,
  UpdateRequest,
  UpdateResponse,
} from "../provider";
import { surroundingsOf } from "../surroundings";
import type { KubernetesSettings } from "./config";
import { ObjectProvider } from "./frame";
import { textAt } from "./kinds";
import { manifestPath, removeManifest, writeManifest } from "./manifestFile";
import { normalized } from "./normalize";
import { objectOf, qualifiedName } from "./object";
import { fieldManagerOf, initialApiVersionOf, parseState, stateOf } from "./state";

/** Writes each object to a file of a folder and talks to no cluster. */
export class RenderProvider extends ObjectProvider {
  constructor(
    settings: KubernetesSettings,
    /** The folder as it was given, for messages. */
    private readonly directory: string,
  ) {
    super(settings);
  }

  override async check(request: CheckRequest, context: CallContext): Promise<CheckResponse> {
    const checked = await super.check(request, context);
    if (hasSecret(checked.inputs)) context.log("warning", "rendered YAML will contain a secret value in plaintext");
    return checked;
  }

  override async diff(request: DiffRequest, context: CallContext): Promise<DiffResponse> {
    const found = await super.diff(request, context);
    return this.settings.alwaysRender ? { ...found, changes: "some" } : found;
  }

  async create(request: CreateRequest, context: CallContext): Promise<CreateResponse> {
    if (request.preview) return { id: "", outputs: request.inputs };
    const object = objectOf(request.inputs);
    if (hasSecret(request.inputs)) context.log("warning", this.secretWarning(object));
    const outputs = await this.render(object, request.inputs, {}, context);
    return { id: qualifiedName(object), outputs };
  }

  async update(request: UpdateRequest, context: CallContext): Promise<UpdateResponse> {
    if (request.preview) return { outputs: request.newInputs };
    const object = normalized(objectOf(request.newInputs));
    if (hasSecret(request.newInputs)) context.log("warning", this.secretWarning(object), { ephemeral: true });
    return { outputs: await this.render(object, request.newInputs, request.oldOutputs, context) };
  }

  /** A rendered object is what was written: there is no cluster to have changed it. */
  async read(request: ReadRequest): Promise<ReadResponse> {
    if (Object.keys(request.outputs).length > 0) {
      return { id: request.id, inputs: request.inputs, outputs: request.outputs };
    }
    throw new ProviderError(
      "EDGE-KUBERNETES-006",
      `${request.type} ${request.id} cannot be read: the provider renders to ${this.directory} and knows no cluster`,
      "Take the import or get away, or give the provider a kubeconfig in place of renderYamlToDirectory",
    );
  }

  async delete(request: DeleteRequest, context: CallContext): Promise<void> {
    const file = manifestPath(this.directory, parseState(request.outputs).live);
    await removeManifest(resolved(file, context));
    context.log("info", `deleted ${file}`, { ephemeral: true });
  }

  private async render(
    object: PropertyMap,
    inputs: PropertyMap,
    olds: PropertyMap,
    context: CallContext,
  ): Promise<PropertyMap> {
    context.signal.throwIfAborted();
    const file = manifestPath(this.directory, object);
    await writeManifest(resolved(file, context), object);
    context.log("info", `rendered ${file}`, { ephemeral: true });
    const initialApiVersion = initialApiVersionOf(olds, parseState(olds).inputs) || textAt(object, "apiVersion");
    const fieldManager = fieldManagerOf(olds, object, this.settings.serverSideApply);
    return stateOf(object, object, inputs, initialApiVersion, fieldManager);
  }

  private secretWarning(object: PropertyMap): string {
    return `rendered file ${manifestPath(this.directory, object)} contains a secret value in plaintext`;
  }
}

function resolved(file: string, context: CallContext): string {
  return path.resolve(surroundingsOf(context).directory, file);
}
