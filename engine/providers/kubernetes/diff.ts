import { differences } from "../../property/difference";
import { contains, parsePath } from "../../property/path";
import type { PropertyPath } from "../../property/path";
import { formatPath } from "../../property/pathText";
import { isList, isMap } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";
import type { DiffKind, DiffRequest, DiffResponse } from "../provider";
import { isNamespaced, kindOfObject } from "./kinds";
import type { DefinedScopes } from "./kinds";
import { isAutonamed, isNamed } from "./naming";
import { normalized } from "./normalize";
import { nameOf, namespaceOf, objectOf, withMetadata } from "./object";
import { pruned } from "./prune";
import { replacingFields, touches } from "./replace";
import type { Mutability } from "./replace";
import { parseState } from "./state";

/**
 * Compares the new inputs with the live object, cut down to what the old inputs named, so that a field which others
 * manage is no difference and one of ours that others changed is.
 */
export function diffObject(request: DiffRequest, defined: DefinedScopes, mutability: Mutability): DiffResponse {
  const state = parseState(request.oldOutputs);
  const live = state.live;
  const inputs = normalized(objectOf(request.newInputs));
  const kind = kindOfObject(inputs);
  const namespaced = isNamespaced(kind, defined);
  const before = identified(pruned(live, normalized(state.inputs)), inputs, live, namespaced);
  const after = canonicalNamespace(inputs, namespaced);

  const fields = replacingFields(after, mutability);
  const ignored = request.ignoreChanges.map(parsePath);
  const detailed = new Map<string, { kind: DiffKind; inputDiff: boolean }>();
  for (const { path, kind: change } of differences(before, after)) {
    if (ignored.some((outer) => contains(outer, path))) continue;
    const replaces = fields.some((field) => touches(field, path, valueAt(after, path)));
    detailed.set(formatPath(path), {
      kind: replaces ? `${change}-replace` : change,
      inputDiff: change === "delete",
    });
  }
  const replaces = [...detailed]
    .filter(([path, { kind: change }]) => change.endsWith("-replace") || (change === "delete" && path === "metadata"))
    .map(([path]) => path);
  return {
    changes: detailed.size > 0 ? "some" : "none",
    diffs: [],
    replaces,
    stables: [],
    deleteBeforeReplace:
      replaces.length > 0 &&
      isNamed(inputs) &&
      !isAutonamed(inputs) &&
      nameOf(inputs) === nameOf(live) &&
      namespaceOf(after) === namespaceOf(live),
    detailedDiff: Object.fromEntries(detailed),
  };
}

/** The live object under the name it has, which the server may have made, and in its canonical namespace. */
function identified(object: PropertyMap, inputs: PropertyMap, live: PropertyMap, namespaced: boolean): PropertyMap {
  const renamed = nameOf(inputs) === "" ? object : withMetadata(object, { name: nameOf(live) });
  return withMetadata(canonicalNamespace(renamed, namespaced), { resourceVersion: undefined });
}

/** No namespace is `default` for an object in a namespace, and any is none for one that is not. */
function canonicalNamespace(object: PropertyMap, namespaced: boolean): PropertyMap {
  const metadata = object["metadata"];
  if (metadata instanceof Unknown) return object;
  if (!namespaced) return withMetadata(object, { namespace: undefined });
  const unknown = isMap(metadata) && metadata["namespace"] instanceof Unknown;
  return unknown || namespaceOf(object) !== "" ? object : withMetadata(object, { namespace: "default" });
}

function valueAt(object: PropertyMap, path: PropertyPath): PropertyValue {
  let value: PropertyValue = object;
  for (const step of path) {
    if (isList(value) && typeof step === "number") value = value[step] ?? null;
    else if (isMap(value)) value = value[step] ?? null;
    else return null;
  }
  return value;
}
