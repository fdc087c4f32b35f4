import { hasUnknown } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { PartialFailure } from "../../provider";
import type { CallContext, UpdateRequest, UpdateResponse } from "../../provider";
import { isDefinition, isPatchType, textAt } from "../kinds";
import { normalized } from "../normalize";
import { annotationOf, metadataOf, nameOf, objectOf, qualifiedName, withMetadata } from "../object";
import { fieldManagerOf, initialApiVersionOf, parseState, stateOf } from "../state";
import type { Cluster } from "./cluster";
import { withoutIgnored } from "./ignored";
import { isCreatedOnly, isUnmanaged, takeover } from "./managers";
import { answerIn, awaited, cannotPreview, guarded } from "./outcome";

/**
 * Changes an object with an apply of its field manager, or a definition by putting the new one in its place, and waits
 * for it.
 *
 * @throws PartialFailure with the object as it is if the server refuses the change or it does not become ready: the
 *   next run tries again, as with the official provider.
 */
export async function updateObject(
  cluster: Cluster,
  request: UpdateRequest,
  context: CallContext,
): Promise<UpdateResponse> {
  const { newInputs, oldOutputs, preview, timeout } = request;
  if (preview && hasUnknown(newInputs)) return { outputs: newInputs };
  const object = normalized(objectOf(newInputs));
  const old = parseState(oldOutputs);
  const fieldManager = fieldManagerOf(oldOutputs, object, true);
  const initialApiVersion = initialApiVersionOf(oldOutputs, old.inputs);
  const state = (live: PropertyMap): PropertyMap => stateOf(object, live, newInputs, initialApiVersion, fieldManager);
  // A name that the server or this provider made up is in the state only.
  const target = nameOf(object) === "" ? withMetadata(object, { name: nameOf(old.live) }) : object;
  let made: PropertyMap;
  try {
    made = await guarded("updated", target, newInputs, () => change(cluster, target, fieldManager, request, context));
  } catch (error) {
    if (preview && cannotPreview(error)) return { outputs: newInputs };
    if (preview || answerIn(error) === undefined) throw error;
    const live = await cluster.objects.find(old.live, context.signal).catch(() => undefined);
    if (live === undefined) throw error;
    throw new PartialFailure(qualifiedName(live), state(live), [(error as Error).message], { cause: error });
  }
  if (isDefinition(object)) cluster.discovery.reset();
  if (preview) return { outputs: state(made) };
  const outputs = await awaited(cluster, object, made, newInputs, timeout, state, context);
  const former = fieldManagerOf(oldOutputs, old.inputs, true);
  if (former !== fieldManager) await cluster.objects.relinquish(made, former, context.signal);
  return { outputs };
}

async function change(
  { objects, settings }: Cluster,
  object: PropertyMap,
  fieldManager: string,
  { preview, ignoreChanges, type }: UpdateRequest,
  { signal }: CallContext,
): Promise<PropertyMap> {
  let live = await objects.get(object, signal);
  if (isDefinition(object)) {
    // An apply would leave versions and fields in place that the definition no longer has.
    const { resourceVersion } = metadataOf(live);
    return await objects.replace(withMetadata(object, { resourceVersion }), fieldManager, preview, signal);
  }
  const isPatch = isPatchType(type, textAt(object, "kind"));
  const patch = preview || isPatch ? undefined : takeover(live, fieldManager);
  if (patch !== undefined) live = await objects.jsonPatch(object, patch, signal);
  const force =
    annotationOf(object, "pulumi.com/patchForce") === "true" ||
    settings.patchForce ||
    isUnmanaged(live) ||
    (preview && isCreatedOnly(live));
  const body = withoutIgnored(object, live, fieldManager, ignoreChanges);
  return await objects.apply(body, { fieldManager, force, preview }, signal);
}
