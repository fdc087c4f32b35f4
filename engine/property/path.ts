import { define, isList, isMap, mapValues, secretOf } from "./shape";
import type { PropertyMap, PropertyValue } from "./value";
import { Secret } from "./value";

/** A property path such as `spec.containers[0].image`, `data["app.ini"]` or `rules[*].host`. */
export type PropertyPath = readonly (string | number)[];

/**
 * Reads a property path in Pulumi's notation.
 *
 * @throws if brackets or quotes are not closed or an index is not a number.
 */
export function parsePath(text: string): PropertyPath {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    if (rest.startsWith(".")) {
      rest = rest.slice(1);
      continue;
    }
    if (rest.startsWith("[")) {
      const [step, length] = bracket(rest, text);
      path.push(step);
      rest = rest.slice(length);
      continue;
    }
    const end = rest.search(/[.[]/);
    path.push(end === -1 ? rest : rest.slice(0, end));
    rest = end === -1 ? "" : rest.slice(end);
  }
  return path;
}

function bracket(rest: string, whole: string): [string | number, number] {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(rest);
  if (quoted) {
    return [(quoted[1] ?? "").replace(/\\(.)/g, "$1"), quoted[0].length];
  }
  const index = /^\[(\*|\d+)\]/.exec(rest);
  if (!index) {
    throw new Error(`property path '${whole}' has a bracket that is not closed or an index that is not a number`);
  }
  return [index[1] === "*" ? "*" : Number(index[1]), index[0].length];
}

/** Whether `inner` is the path itself or lies below it; `*` matches any step. */
export function contains(path: PropertyPath, inner: PropertyPath): boolean {
  return path.length <= inner.length && path.every((step, i) => step === "*" || String(step) === String(inner[i]));
}

/**
 * The inputs with the old value at each ignored path, so that no change is found there.
 *
 * @returns the inputs, and the paths that could not be kept because their parents were added or removed.
 */
export function ignoreChanges(
  inputs: PropertyMap,
  olds: PropertyMap,
  paths: readonly string[],
): { readonly inputs: PropertyMap; readonly invalid: readonly string[] } {
  let current: PropertyValue = inputs;
  const invalid: string[] = [];
  for (const path of paths) {
    const result = reset(current, olds, parsePath(path));
    if (result === undefined) {
      invalid.push(path);
    } else {
      current = result;
    }
  }
  return { inputs: current as PropertyMap, invalid };
}

function reset(current: PropertyValue, old: PropertyValue | undefined, path: PropertyPath): PropertyValue | undefined {
  if (current instanceof Secret) {
    const inner = reset(current.element, old, path);
    return inner === undefined ? undefined : secretOf(inner);
  }
  const before = old instanceof Secret ? old.element : old;
  const [step, ...rest] = path;
  if (step === undefined) {
    return current;
  }
  if (isList(current)) {
    return resetList(current, before, step, rest);
  }
  if (!isMap(current)) {
    return undefined;
  }
  const keys =
    step === "*" ? new Set([...Object.keys(current), ...(isMap(before) ? Object.keys(before) : [])]) : [String(step)];
  let out: PropertyMap | undefined = current;
  for (const key of keys) {
    out = out && resetKey(out, isMap(before) ? before : {}, key, rest);
  }
  return out;
}

function resetKey(current: PropertyMap, old: PropertyMap, key: string, rest: PropertyPath): PropertyMap | undefined {
  const has = Object.prototype.hasOwnProperty.call(current, key);
  const had = Object.prototype.hasOwnProperty.call(old, key);
  if (rest.length === 0) {
    const kept: Record<string, PropertyValue> = {
      ...mapValues(current, (value, name) => (name === key ? undefined : value)),
    };
    if (had) {
      define(kept, key, old[key] as PropertyValue);
    }
    return kept;
  }
  if (!has || !had) {
    return has === had ? current : undefined;
  }
  const inner = reset(current[key] as PropertyValue, old[key], rest);
  return inner === undefined ? undefined : mapValues(current, (value, name) => (name === key ? inner : value));
}

function resetList(
  current: readonly PropertyValue[],
  old: PropertyValue | undefined,
  step: string | number,
  rest: PropertyPath,
): PropertyValue | undefined {
  const before = isList(old) ? old : [];
  const indexes = step === "*" ? current.map((_, i) => i) : [Number(step)];
  const out = [...current];
  for (const i of indexes) {
    if (!Number.isInteger(i) || i >= out.length || i >= before.length) {
      return undefined;
    }
    const value = rest.length === 0 ? before[i] : reset(out[i] as PropertyValue, before[i], rest);
    if (value === undefined) {
      return undefined;
    }
    out[i] = value;
  }
  return out;
}
