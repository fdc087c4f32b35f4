import { isMap, mapValues } from "../../../property/shape";
import type { PropertyMap } from "../../../property/value";
import { PartialFailure } from "../../provider";
import type { CallContext, ReadRequest, ReadResponse } from "../../provider";
import { isBuiltIn, kindOfToken, textAt } from "../kinds";
import { normalized } from "../normalize";
import { metadataOf, objectOf, outputForm, qualifiedName, withMetadata } from "../object";
import { pruned } from "../prune";
import { withSecrecyOf } from "../secrecy";
import { fieldManagerOf, initialApiVersionOf, parseState, stateOf } from "../state";
import type { Cluster } from "./cluster";
import { explained, NoSuchKind, Unreachable } from "./failure";
import { troubleOf } from "./trouble";

const gone: ReadResponse = { id: "", inputs: {}, outputs: {} };

/**
 * Reads an object as it is: for a refresh, an import or a `get`.
 *
 * @throws PartialFailure with all of it if it is there but not ready, ProviderError if it cannot be read.
 */
export async function readObject(cluster: Cluster, request: ReadRequest, context: CallContext): Promise<ReadResponse> {
  const old = parseState(request.outputs);
  const inputs = normalized(objectOf(request.inputs));
  const [target, imported] = wanted(request, inputs, old.live);
  let live: PropertyMap | undefined;
  try {
    live = await cluster.objects.find(target, context.signal);
  } catch (error) {
    return unread(error, cluster, request, target, context);
  }
  if (live === undefined) return gone;
  const liveInputs = imported ? importedInputs(live) : pruned(live, inputs);
  const fieldManager = fieldManagerOf(request.outputs, inputs, true);
  const read = {
    id: request.id,
    inputs: withSecrecyOf(outputForm(liveInputs), request.inputs),
    outputs: stateOf(liveInputs, live, request.inputs, initialApiVersionOf(request.outputs, target), fieldManager),
  };
  const trouble = imported ? undefined : await troubleOf(cluster.objects, inputs, live, context);
  if (trouble === undefined) return read;
  const what = `EDGE-KUBERNETES-018: ${textAt(live, "kind")} ${qualifiedName(live)} is not ready: ${trouble}`;
  throw new PartialFailure(read.id, read.outputs, [what], { inputs: read.inputs });
}

function unread(
  error: unknown,
  { settings }: Cluster,
  request: ReadRequest,
  target: PropertyMap,
  context: CallContext,
): ReadResponse {
  if (error instanceof NoSuchKind) return gone;
  if (error instanceof Unreachable && settings.deleteUnreachable) {
    context.log("info", `${error.message} As deleteUnreachable is set, it is taken for gone.`);
    return gone;
  }
  const known = Object.keys(request.inputs).length > 0;
  if (error instanceof Unreachable && settings.skipUpdateUnreachable && known) {
    context.log("warning", `${error.message} As skipUpdateUnreachable is set, the state stays as it was.`);
    return { id: request.id, inputs: request.inputs, outputs: request.outputs };
  }
  throw explained(error, "read", target);
}

/** The object to read, and whether there is nothing about it but its id. */
function wanted(request: ReadRequest, inputs: PropertyMap, live: PropertyMap): readonly [PropertyMap, boolean] {
  const [name = "", namespace] = request.id.split("/").reverse();
  const from = textAt(inputs, "kind") === "" ? live : inputs;
  const identity = { name, ...(namespace === undefined ? {} : { namespace }) };
  if (textAt(from, "kind") !== "") {
    return [{ apiVersion: textAt(from, "apiVersion"), kind: textAt(from, "kind"), metadata: identity }, false];
  }
  const token = kindOfToken(request.type);
  if (token === undefined) throw new NoSuchKind(request.type, request.type);
  const apiVersion = token.group === "" ? token.version : `${token.group}/${token.version}`;
  // No kind of Kubernetes' own ends so: it is the SDK's patch of one.
  const kind = isBuiltIn(apiVersion) ? token.kind.replace(/Patch$/, "") : token.kind;
  return [{ apiVersion, kind, metadata: identity }, true];
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
