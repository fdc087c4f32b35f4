import { setTimeout as sleep } from "node:timers/promises";
import { hasUnknown } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import type { CallContext, CreateRequest, CreateResponse } from "../../provider";
import { isDefinition, isPatchType, textAt } from "../kinds";
import { annotationOf, objectOf, qualifiedName } from "../object";
import { fieldManagerOf, stateOf } from "../state";
import type { Cluster } from "./cluster";
import { ApiError, explained, NoSuchKind, Unreachable } from "./failure";
import { awaited, cannotPreview, guarded, hidden } from "./outcome";

/** A kind or a namespace that comes in the same run may take a moment: so often, after 1 second and twice as long each. */
const creations = 6;

/**
 * Makes an object and waits for it: with a POST, or with an apply where it is a patch or may be there already.
 *
 * @throws ProviderError if it is not made, PartialFailure if it is but does not become ready.
 */
export async function createObject(
  cluster: Cluster,
  request: CreateRequest,
  context: CallContext,
): Promise<CreateResponse> {
  const object = objectOf(request.inputs);
  const creation = new Creation(cluster, request, object, context);
  if (request.preview) return { id: "", outputs: await creation.preview() };
  const made = await guarded("created", object, request.inputs, () => creation.patiently());
  if (isDefinition(object)) cluster.discovery.reset();
  const { inputs, timeout } = request;
  const state = (live: PropertyMap): PropertyMap => creation.state(live);
  return { id: qualifiedName(made), outputs: await awaited(cluster, object, made, inputs, timeout, state, context) };
}

class Creation {
  private readonly fieldManager: string;
  private readonly isPatch: boolean;

  constructor(
    private readonly cluster: Cluster,
    private readonly request: CreateRequest,
    private readonly object: PropertyMap,
    private readonly context: CallContext,
  ) {
    this.fieldManager = fieldManagerOf({}, object, true);
    this.isPatch = isPatchType(request.type, textAt(object, "kind"));
  }

  state(live: PropertyMap): PropertyMap {
    return stateOf(this.object, live, this.request.inputs, textAt(this.object, "apiVersion"), this.fieldManager);
  }

  /** What the server says it would make; the inputs as they are where it cannot be asked. */
  async preview(): Promise<PropertyMap> {
    const { inputs } = this.request;
    if (hasUnknown(inputs) || this.isPatch) return inputs;
    try {
      const { status: _, ...live } = await this.once();
      return this.state(live);
    } catch (error) {
      if (error instanceof Unreachable) this.context.log("warning", error.message);
      if (cannotPreview(error) || isOfReplacement(error)) return inputs;
      throw hidden(explained(error, "created", this.object), inputs);
    }
  }

  async patiently(): Promise<PropertyMap> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once();
      } catch (error) {
        const early = error instanceof NoSuchKind || (error instanceof ApiError && error.code === 404);
        if (!early || attempt >= creations) throw error;
        this.context.log("info", `Retry #${attempt - 1}; creation failed: ${error.message}`, { ephemeral: true });
        await sleep(1000 * 2 ** (attempt - 1), undefined, { signal: this.context.signal });
      }
    }
  }

  private async once(): Promise<PropertyMap> {
    const { objects, settings } = this.cluster;
    const { preview } = this.request;
    const { signal } = this.context;
    if (!this.isPatch && !settings.upsert) return await objects.create(this.object, preview, signal);
    const asked = annotationOf(this.object, "pulumi.com/patchForce") === "true" || settings.patchForce;
    return await objects.apply(
      this.object,
      { fieldManager: this.fieldManager, force: asked || preview, preview },
      signal,
    );
  }
}

/** What a preview meets where the object of old is still there, or its namespace is still to come. */
function isOfReplacement(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  const immutable = error.code === 422 && error.message.includes("immutable");
  return error.code === 404 || error.reason === "AlreadyExists" || immutable;
}
