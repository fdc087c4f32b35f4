import { applyPatch, type Operation } from "rfc6902";
import type { OverridePatch } from "../../fleet/overrides";

type Plain = Record<string, unknown>;

/** What became of an object, or why the change does not fit it. */
export type Applied = { readonly object: Plain } | { readonly problem: string };

/**
 * Applies one change to an object as kustomize does, without touching the object. Of strategic merges it knows what
 * kustomize knows of kinds without a schema, which are Flux's, and of ConfigMaps, Secrets and Namespaces: mappings
 * merge, null removes, everything else is replaced, and `$patch: delete` and `$patch: replace` act on a mapping.
 */
export function applied(object: Readonly<Plain>, change: OverridePatch["change"]): Applied {
  if (change.type === "merge") {
    const lost = nullIn(change.merge);
    if (lost === undefined) return { object: merged(object, change.merge) };
    // kustomize 5 reads a patch's labels and annotations as texts, so that null becomes the text "null".
    return { problem: `null does not remove ${lost} in kustomize; use json6902 with op: remove` };
  }
  const copy = structuredClone(object) as Plain;
  for (const operation of change.operations) {
    const where = `${operation.op} ${operation.path}`;
    if (touchesPrototype(operation.path) || touchesPrototype(operation.from ?? "")) {
      return { problem: `${where}: the path names what no object of Kubernetes has` };
    }
    const [error] = applyPatch(copy, [operation as Operation]);
    if (error !== null && error !== undefined) return { problem: `${where}: ${reasonOf(error)}` };
  }
  return { object: copy };
}

/** A label or annotation that a patch sets to null, such as `metadata.labels.team`. */
function nullIn({ metadata }: Readonly<Plain>): string | undefined {
  if (!isPlain(metadata)) return undefined;
  for (const field of ["labels", "annotations"]) {
    const texts = metadata[field];
    const key = isPlain(texts) ? Object.keys(texts).find((name) => texts[name] === null) : undefined;
    if (key !== undefined) return `metadata.${field}.${key}`;
  }
  return undefined;
}

function reasonOf(error: Error): string {
  if (error.name === "MissingError") return "there is nothing at that path";
  if (error.name === "TestError") return "the value there is another one";
  return error.message;
}

const touchesPrototype = (pointer: string): boolean => /\/(__proto__|constructor|prototype)(\/|$)/.test(pointer);

function merged(below: Readonly<Plain>, above: Readonly<Plain>): Plain {
  if (above["$patch"] === "replace") return without(above, "$patch");
  const result: Plain = { ...below };
  for (const [key, value] of Object.entries(above)) {
    if (value === null || (isPlain(value) && value["$patch"] === "delete")) delete result[key];
    else if (isPlain(value)) result[key] = merged(isPlain(result[key]) ? result[key] : {}, value);
    else result[key] = value;
  }
  return result;
}

function without(object: Readonly<Plain>, key: string): Plain {
  const { [key]: _, ...rest } = object;
  return rest;
}

/** Whether a value is a mapping. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
