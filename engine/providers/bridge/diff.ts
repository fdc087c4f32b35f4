import { equalValues } from "../../property/equal";
import { withoutSecrets } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import type { DiffRequest, DiffResponse } from "../provider";
import { plannedValues } from "./inputs";
import type { BridgedResource } from "./resource";

/**
 * Compares what the inputs would make with what is there. Like the official bridge it looks at values after defaults,
 * so that spelling a default out changes nothing, and it gives no detailed diff.
 */
export function diffBridged(resource: BridgedResource, request: DiffRequest): DiffResponse {
  const planned = plannedValues(resource, kept(request));
  const diffs: string[] = [];
  const replaces: string[] = [];
  for (const [name, attribute] of Object.entries(resource.attributes)) {
    if (attribute.role === "computed") continue;
    const old = withoutSecrets(request.oldOutputs[name] ?? null);
    const now = planned[name] ?? null;
    if (equalValues(old, now) || (now === null && attribute.keepsOld === true)) continue;
    diffs.push(name);
    if (attribute.replaces?.(old, now) ?? true) replaces.push(name);
  }
  const expired = resource.expires?.(withoutSecrets(request.oldOutputs) as PropertyMap, planned) ?? [];
  return {
    changes: diffs.length + expired.length > 0 ? "some" : "none",
    diffs: [...diffs, ...expired].sort(),
    replaces: [...replaces, ...expired].sort(),
    stables: [],
    deleteBeforeReplace: false,
    detailedDiff: undefined,
  };
}

function kept(request: DiffRequest): PropertyMap {
  const ignored = request.ignoreChanges.filter((key) => request.oldOutputs[key] !== undefined);
  const olds = Object.fromEntries(ignored.map((key) => [key, request.oldOutputs[key] ?? null]));
  return { ...request.newInputs, ...olds };
}
