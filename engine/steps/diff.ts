import { equalValues } from "../property/equal";
import { contains, parsePath } from "../property/path";
import { withoutSecrets } from "../property/shape";
import type { PropertyMap } from "../property/value";
import type { DiffKind, DiffResponse } from "../providers/provider";

export const NO_DIFF: DiffResponse = {
  changes: "none",
  diffs: [],
  replaces: [],
  stables: [],
  deleteBeforeReplace: false,
  detailedDiff: undefined,
};

/** A diff that replaces the resource for a reason outside its properties. */
export function replaceBecauseOf(key: string): DiffResponse {
  return { ...NO_DIFF, changes: "some", replaces: [key] };
}

/** The diff of a component, which no provider judges. */
export function componentDiff(oldInputs: PropertyMap, newInputs: PropertyMap): DiffResponse {
  return changedKeys(oldInputs, newInputs, false).length === 0 ? NO_DIFF : { ...NO_DIFF, changes: "some" };
}

/** What the engine finds where the provider cannot say: differences of the inputs, secrets aside. */
export function inputDiff(oldInputs: PropertyMap, newInputs: PropertyMap): DiffResponse {
  const diffs = changedKeys(oldInputs, newInputs, true);
  if (diffs.length === 0) {
    return NO_DIFF;
  }
  const detailedDiff = Object.fromEntries(
    diffs.map((key) => {
      const kind: DiffKind = !(key in oldInputs) ? "add" : !(key in newInputs) ? "delete" : "update";
      return [key, { kind, inputDiff: true }];
    }),
  );
  return { ...NO_DIFF, changes: "some", diffs, detailedDiff };
}

/** The top-level keys whose values differ, sorted. */
export function changedKeys(olds: PropertyMap, news: PropertyMap, plain: boolean): string[] {
  const read = (map: PropertyMap, key: string) => {
    const value = map[key];
    return plain && value !== undefined ? withoutSecrets(value) : value;
  };
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])]
    .filter((key) => !equalValues(read(olds, key), read(news, key)))
    .sort();
}

/** Changes of the properties that the program named in `replaceOnChanges` become replacements. */
export function applyReplaceOnChanges(diff: DiffResponse, paths: readonly string[], initErrors: boolean): DiffResponse {
  if ((diff.changes !== "some" && !initErrors) || paths.length === 0) {
    return diff;
  }
  const wanted = paths.map(parsePath);
  const hit = (path: string) => wanted.some((want) => contains(want, parsePath(path)));
  const replaces = new Set([...diff.replaces, ...diff.diffs.filter(hit)]);
  let changes = diff.changes;
  let detailedDiff =
    diff.detailedDiff &&
    Object.fromEntries(
      Object.entries(diff.detailedDiff).map(([path, entry]) => [
        path,
        hit(path) ? { ...entry, kind: toReplace(entry.kind) } : entry,
      ]),
    );
  if (initErrors && hit("#initerror")) {
    replaces.add("#initerror");
    changes = "some";
    detailedDiff &&= { ...detailedDiff, "#initerror": { kind: "update-replace", inputDiff: false } };
  }
  return { ...diff, changes, replaces: [...replaces], detailedDiff };
}

function toReplace(kind: DiffKind): DiffKind {
  return isReplace(kind) ? kind : (`${kind}-replace` as DiffKind);
}

function isReplace(kind: DiffKind): boolean {
  return kind.endsWith("-replace");
}

/** Whether a diff asks for a new resource: by a property's name, or by one of its details. */
export function mustReplace(diff: DiffResponse): boolean {
  return diff.replaces.length > 0 || Object.values(diff.detailedDiff ?? {}).some(({ kind }) => isReplace(kind));
}
