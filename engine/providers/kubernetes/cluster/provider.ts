import { setTimeout as sleep } from "node:timers/promises";
import { ignoreChanges } from "../../../property/path";
import { hasUnknown, isMap, mapValues, withoutSecrets } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { hide, secretTexts } from "../../command/secrets";
import { ProviderError } from "../../failure";
import { PartialFailure } from "../../provider";
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
} from "../../provider";
import { checkObject } from "../check";
import type { KubernetesSettings } from "../config";
import { diffObject } from "../diff";
import { invokeFunction } from "../functions";
import { definedScope, isBuiltIn, isDefinition, kindOfToken, textAt } from "../kinds";
import { normalized } from "../normalize";
import { annotationOf, metadataOf, nameOf, objectOf, outputForm, qualifiedName, withMetadata } from "../object";
import { pruned } from "../prune";
import { withSecrecyOf } from "../secrecy";
import { fieldManagerOf, initialApiVersionOf, parseState, stateOf } from "../state";
import type { Api } from "./api";
import { awaitGone, awaitReady, timeoutOf } from "./await";
import { Discovery } from "./discovery";
import { ApiError, explained, NoSuchKind, Unreachable } from "./failure";
import { isCreatedOnly, takeover } from "./managers";
import { Objects } from "./objects";

/** A kind or a namespace that comes in the same run may take a moment: so often, after 1 second and twice as long each. */
const creations = 6;

/** Serves the objects of one cluster by its API. */
export class ClusterProvider implements ConfiguredProvider {
  private readonly discovery: Discovery;
  private readonly objects: Objects;
  /** Scopes of kinds that Kubernetes does not define itself. */
  private readonly defined = new Map<string, "Namespaced" | "Cluster">();

  constructor(
    private readonly settings: KubernetesSettings,
    private readonly api: Api,
  ) {
    this.discovery = new Discovery(api);
    this.objects = new Objects(api, this.discovery);
  }

  async check(request: CheckRequest, context: CallContext): Promise<CheckResponse> {
    await this.learnScope(request, context);
    const inputs = checkObject(request, this.settings, this.defined);
    const object = objectOf(inputs);
    const scope = isDefinition(object) ? definedScope(object) : undefined;
    if (scope !== undefined) this.defined.set(...scope);
    return { inputs, failures: [] };
  }

  async diff(request: DiffRequest): Promise<DiffResponse> {
    return diffObject(request, this.defined, this.settings.mutability);
  }

  async create(request: CreateRequest, context: CallContext): Promise<CreateResponse> {
    const object = objectOf(request.inputs);
    if (request.preview) {
      const outputs = hasUnknown(request.inputs) ? request.inputs : await this.previewCreate(object, request, context);
      return { id: "", outputs };
    }
    const made = await this.guarded("created", object, request.inputs, () => this.createPatiently(object, context));
    if (isDefinition(object)) this.discovery.reset();
    const fieldManager = fieldManagerOf({}, object, true);
    const state = (live: PropertyMap): PropertyMap =>
      stateOf(object, live, request.inputs, textAt(object, "apiVersion"), fieldManager);
    return {
      id: qualifiedName(made),
      outputs: await this.awaited(object, made, request.inputs, request.timeout, state, context),
    };
  }

  async update(request: UpdateRequest, context: CallContext): Promise<UpdateResponse> {
    const { newInputs, oldOutputs, preview } = request;
    if (preview && hasUnknown(newInputs)) return { outputs: newInputs };
    const object = normalized(objectOf(newInputs));
    const old = parseState(oldOutputs);
    const fieldManager = fieldManagerOf(oldOutputs, object, true);
    const initialApiVersion = initialApiVersionOf(oldOutputs, old.inputs);
    const state = (live: PropertyMap): PropertyMap => stateOf(object, live, newInputs, initialApiVersion, fieldManager);
    // A name that the server or this provider made up is in the state only.
    const target = nameOf(object) === "" ? withMetadata(object, { name: nameOf(old.live) }) : object;
    try {
      const made = await this.guarded("updated", target, newInputs, () =>
        this.apply(target, fieldManager, request, context),
      );
      if (isDefinition(object)) this.discovery.reset();
      if (preview) return { outputs: state(made) };
      return { outputs: await this.awaited(object, made, newInputs, request.timeout, state, context) };
    } catch (error) {
      if (!preview || !cannotPreview(error)) throw error;
      return { outputs: newInputs };
    }
  }

  async read(request: ReadRequest, context: CallContext): Promise<ReadResponse> {
    const gone = { id: "", inputs: {}, outputs: {} };
    const old = parseState(request.outputs);
    const known = Object.keys(request.inputs).length > 0;
    const inputs = normalized(objectOf(request.inputs));
    const [target, imported] = wanted(request, inputs, old.live);
    let live: PropertyMap | undefined;
    try {
      live = await this.objects.find(target, context.signal);
    } catch (error) {
      if (error instanceof NoSuchKind) return gone;
      if (error instanceof Unreachable && this.settings.deleteUnreachable) {
        context.log("info", `${error.message} As deleteUnreachable is set, it is taken for gone.`);
        return gone;
      }
      if (error instanceof Unreachable && this.settings.skipUpdateUnreachable && known) {
        context.log("warning", `${error.message} As skipUpdateUnreachable is set, the state stays as it was.`);
        return { id: request.id, inputs: request.inputs, outputs: request.outputs };
      }
      throw explained(error, "read", target);
    }
    if (live === undefined) return gone;
    const liveInputs = imported ? importedInputs(live) : pruned(live, inputs);
    const fieldManager = fieldManagerOf(request.outputs, inputs, true);
    return {
      id: request.id,
      inputs: withSecrecyOf(outputForm(liveInputs), request.inputs),
      outputs: stateOf(liveInputs, live, request.inputs, initialApiVersionOf(request.outputs, target), fieldManager),
    };
  }

  async delete(request: DeleteRequest, context: CallContext): Promise<void> {
    const { inputs, live } = parseState(request.outputs);
    const seconds = timeoutOf(inputs, request.timeout);
    const policy = annotationOf(inputs, "pulumi.com/deletionPropagationPolicy").toLowerCase();
    const propagation = policy === "orphan" ? "Orphan" : policy === "background" ? "Background" : "Foreground";
    try {
      await this.objects.remove(live, propagation, context.signal);
      const { gone, finalizers } = await awaitGone(this.objects, live, seconds, context);
      if (!gone) throw stuck(live, seconds, finalizers);
    } catch (error) {
      if (error instanceof NoSuchKind || (error instanceof ApiError && error.code === 404)) return;
      if (error instanceof Unreachable && this.settings.deleteUnreachable) {
        context.log("info", `${error.message} As deleteUnreachable is set, it is taken for gone.`);
        return;
      }
      throw explained(error, "deleted", live);
    }
    if (isDefinition(live)) this.discovery.reset();
  }

  async invoke(token: string, args: PropertyMap): Promise<InvokeResponse> {
    return invokeFunction(token, args, this.defined);
  }

  async close(): Promise<void> {
    this.api.close();
  }

  /** Asks the cluster whether a kind that Kubernetes does not define lives in a namespace. */
  private async learnScope({ type, news }: CheckRequest, { signal }: CallContext): Promise<void> {
    const given = withoutSecrets(news) as PropertyMap;
    const [apiVersion, kind] = [textAt(given, "apiVersion"), textAt(given, "kind")];
    const group = kindOfToken(type)?.group ?? "";
    if (apiVersion === "" || isBuiltIn(apiVersion) || this.defined.has(`${group}/${kind}`)) return;
    try {
      const { namespaced } = await this.discovery.find(apiVersion, kind, signal);
      this.defined.set(`${group}/${kind}`, namespaced ? "Namespaced" : "Cluster");
    } catch (error) {
      // A preview works without the cluster, and before the definition is there.
      if (!(error instanceof NoSuchKind || error instanceof Unreachable || error instanceof ApiError)) throw error;
    }
  }

  private async previewCreate(object: PropertyMap, request: CreateRequest, context: CallContext): Promise<PropertyMap> {
    try {
      const { status: _, ...live } = await this.objects.create(object, true, context.signal);
      return stateOf(object, live, request.inputs, textAt(object, "apiVersion"), fieldManagerOf({}, object, true));
    } catch (error) {
      if (error instanceof Unreachable) context.log("warning", error.message);
      const replaced = error instanceof ApiError && error.reason === "AlreadyExists";
      const homeless = error instanceof ApiError && error.code === 404;
      if (replaced || homeless || cannotPreview(error)) return request.inputs;
      throw hidden(explained(error, "created", object), request.inputs);
    }
  }

  private async createPatiently(object: PropertyMap, context: CallContext): Promise<PropertyMap> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.objects.create(object, false, context.signal);
      } catch (error) {
        const early = error instanceof NoSuchKind || (error instanceof ApiError && error.code === 404);
        if (!early || attempt >= creations) throw error;
        context.log("info", `Retry #${attempt - 1}; creation failed: ${error.message}`, { ephemeral: true });
        await sleep(1000 * 2 ** (attempt - 1), undefined, { signal: context.signal });
      }
    }
  }

  private async apply(
    object: PropertyMap,
    fieldManager: string,
    { preview, ignoreChanges: ignored }: UpdateRequest,
    { signal }: CallContext,
  ): Promise<PropertyMap> {
    let live = await this.objects.get(object, signal);
    const patch = preview ? undefined : takeover(live, fieldManager);
    if (patch !== undefined) live = await this.objects.jsonPatch(object, patch, signal);
    // What is to be ignored is applied as it is: neither changed nor a conflict.
    const body = ignored.length === 0 ? object : ignoreChanges(object, live, ignored).inputs;
    const force =
      annotationOf(object, "pulumi.com/patchForce") === "true" ||
      this.settings.patchForce ||
      (preview && isCreatedOnly(live));
    return await this.objects.apply(body, { fieldManager, force, preview }, signal);
  }

  private async awaited(
    object: PropertyMap,
    made: PropertyMap,
    inputs: PropertyMap,
    timeout: number,
    state: (live: PropertyMap) => PropertyMap,
    context: CallContext,
  ): Promise<PropertyMap> {
    const named = `${textAt(made, "kind")} ${qualifiedName(made)}`;
    let failure: string | undefined;
    let live = made;
    try {
      ({ live, failure } = await awaitReady(this.objects, object, made, timeoutOf(object, timeout), context));
    } catch (error) {
      // The object is there: the state must know it, whatever kept it from being watched.
      failure = context.signal.aborted ? "waiting for it was cancelled" : (error as Error).message;
    }
    if (failure === undefined) return state(live);
    const what = hide(`${named} exists but does not become ready: ${failure}`, secretTexts(inputs));
    throw new PartialFailure(qualifiedName(made), state(live), [`EDGE-KUBERNETES-018: ${what}`]);
  }

  /** Words failures for people, with the secrets of the inputs hidden. */
  private async guarded<T>(
    doing: string,
    object: PropertyMap,
    inputs: PropertyMap,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw hidden(explained(error, doing, object), inputs);
    }
  }
}

function hidden(error: unknown, inputs: PropertyMap): unknown {
  if (error instanceof ProviderError) error.message = hide(error.message, secretTexts(inputs));
  return error;
}

/** What keeps a preview from asking the server, and is no failure of the program. */
function cannotPreview(error: unknown): boolean {
  if (error instanceof NoSuchKind || error instanceof Unreachable) return true;
  const answer = error instanceof ProviderError ? error.cause : error;
  return answer instanceof ApiError && (answer.code === 403 || /dry ?run/i.test(answer.message));
}

/** The object to read, and whether there is nothing about it but its id. */
function wanted(request: ReadRequest, inputs: PropertyMap, live: PropertyMap): readonly [PropertyMap, boolean] {
  const [name = "", namespace] = request.id.split("/").reverse();
  const from = textAt(inputs, "kind") === "" ? live : inputs;
  const identity = { name, ...(namespace === undefined ? {} : { namespace }) };
  if (textAt(from, "kind") !== "") {
    return [{ apiVersion: textAt(from, "apiVersion"), kind: textAt(from, "kind"), metadata: identity }, false];
  }
  const kind = kindOfToken(request.type);
  if (kind === undefined) throw new NoSuchKind(request.type, request.type);
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  return [{ apiVersion, kind: kind.kind, metadata: identity }, true];
}

/** Annotations that the server or kubectl write. */
const serverAnnotations = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/** The inputs of an imported object: what it has, without its status and what the server writes. */
function importedInputs(live: PropertyMap): PropertyMap {
  const { status: _, ...rest } = live;
  const inputs = normalized(rest);
  const { annotations } = metadataOf(inputs);
  if (!isMap(annotations)) return inputs;
  const kept = mapValues(annotations, (value, key) => (serverAnnotations.includes(key) ? undefined : value));
  return withMetadata(inputs, { annotations: Object.keys(kept).length === 0 ? undefined : kept });
}

function stuck(object: PropertyMap, seconds: number, finalizers: readonly string[]): ProviderError {
  const why = finalizers.length === 0 ? "" : `; it waits for its finalizers ${finalizers.join(", ")}`;
  return new ProviderError(
    "EDGE-KUBERNETES-019",
    `${textAt(object, "kind")} ${qualifiedName(object)} is not gone after ${seconds} seconds${why}`,
    "See what holds it with kubectl describe, then run again",
  );
}
