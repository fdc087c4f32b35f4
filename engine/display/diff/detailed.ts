import type { PropertyPath } from "../../property/path";
import { contains, parsePath } from "../../property/path";
import { isList, isMap } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { OutputValue, Secret, Unknown } from "../../property/value";
import type { DiffKind } from "../../providers/provider";
import type { Step } from "../../steps/step";
import type { ObjectDiff, ValueDiff } from "./objectDiff";
import { Changes, diffValues } from "./objectDiff";

/**
 * What a provider says of a difference, by paths, as a difference of maps.
 *
 * Source: `pkg/engine/detailedDiff.go`. Old values are a step's outputs, or its inputs where the provider says that it
 * compared those; new values are its inputs, or in a refresh its outputs.
 *
 * @param hidden paths that are not shown; those that would have been are noted in `found`.
 */
export function diffOfDetails(
  step: Step,
  refresh: boolean,
  hidden: readonly PropertyPath[],
  found: PropertyPath[],
): ObjectDiff | undefined {
  const whole: ValueDiff = { old: null, now: null };
  const olds = step.old?.fields;
  const news = step.made?.fields;
  for (const [text, { kind, inputDiff }] of Object.entries(step.detailedDiff ?? {})) {
    const path = readPath(text);
    const hiding = hidden.find((hide) => contains(hide, path));
    if (hiding !== undefined) {
      found.push(hiding);
      continue;
    }
    const before: PropertyMap = (inputDiff ? olds?.inputs : olds?.outputs) ?? {};
    const after: PropertyMap = (refresh && !inputDiff ? news?.outputs : news?.inputs) ?? {};
    add(path, kind, whole, before, after);
  }
  return whole.object;
}

function readPath(text: string): PropertyPath {
  try {
    return parsePath(text);
  } catch {
    return [text];
  }
}

function add(path: PropertyPath, kind: DiffKind, parent: ValueDiff, olds: PropertyValue, news: PropertyValue): void {
  const [step, ...rest] = path;
  if (step === undefined) {
    return;
  }
  const old = child(olds, step);
  const now = child(news, step);
  if (typeof step === "number") {
    place((parent.array ??= new Changes()), step, { rest, kind, old, now });
  } else {
    place((parent.object ??= new Changes()), step, { rest, kind, old, now });
  }
}

interface Leaf {
  readonly rest: PropertyPath;
  readonly kind: DiffKind;
  readonly old: PropertyValue | undefined;
  readonly now: PropertyValue | undefined;
}

function place<K>(changes: Changes<K>, key: K, { rest, kind, old, now }: Leaf): void {
  const before = old ?? null;
  const after = now ?? null;
  if (rest.length > 0) {
    if (before === null && after !== null) {
      changes.adds.set(key, after);
    } else if (before !== null && after === null) {
      changes.deletes.set(key, before);
    } else {
      const inner = changes.updates.get(key) ?? { old: null, now: null };
      add(rest, kind, inner, before, after);
      changes.updates.set(key, inner);
    }
  } else if (kind.startsWith("add")) {
    changes.adds.set(key, now === undefined ? Unknown.value : now);
  } else if (kind.startsWith("delete")) {
    changes.deletes.set(key, old === undefined ? Unknown.value : old);
  } else {
    changes.updates.set(key, diffValues(before, after) ?? { old: before, now: after });
  }
}

/** What an unknown or a secret holds cannot be told apart from itself. */
function child(value: PropertyValue, step: string | number): PropertyValue | undefined {
  if (isList(value)) {
    return typeof step === "number" ? value[step] : undefined;
  }
  if (isMap(value)) {
    return typeof step === "string" && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value instanceof Unknown || value instanceof Secret || value instanceof OutputValue ? value : undefined;
}
