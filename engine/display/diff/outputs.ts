import type { PropertyPath } from "../../property/path";
import { printChange, printHidden } from "./changes";
import { contains, parsePath } from "../../property/path";
import type { PropertyMap } from "../../property/value";
import { AssetOrArchive, OutputValue, Unknown } from "../../property/value";
import { isList, isMap } from "../../property/shape";
import type { PropertyValue } from "../../property/value";
import type { Step } from "../../steps/step";
import { parseUrn, ROOT_STACK_TYPE } from "../../urn";
import type { Changes, ObjectDiff, ValueDiff } from "./objectDiff";
import { diffMaps, diffValues, isInternalKey, sameValue } from "./objectDiff";
import { Printer, widthOf, worthPrinting } from "./printer";

export interface OutputsOptions {
  readonly planning: boolean;
  /** Whether the step reads the resource anew. */
  readonly refresh: boolean;
  readonly showSames: boolean;
  readonly truncate: boolean;
}

/**
 * A resource's outputs where they differ from its inputs, or, if there was a state before, from those outputs.
 *
 * Source: `getResourceOutputsPropertiesString` of `pkg/backend/display/object_diff.go`.
 *
 * @param indent of the lines, in steps of four.
 * @returns an empty text if there is nothing to show.
 */
export function outputsText(step: Step, indent: number, options: OutputsOptions): string {
  const isRoot = parseUrn(step.urn).qualifiedType === ROOT_STACK_TYPE;
  const showSames = options.showSames || (!options.planning && isRoot);
  const told =
    options.refresh || isRoot || ["read", "read-replacement", "import", "import-replacement"].includes(step.op);
  if ((options.planning && !told) || (step.old?.fields.initErrors.length ?? 0) > 0) {
    return "";
  }
  const inputs = step.made?.fields.inputs ?? {};
  const outputs = step.made?.fields.outputs ?? {};
  const hidden = ((step.made ?? step.old)?.fields.hideDiff ?? []).map(parsePath);
  const hits: PropertyPath[] = [];
  const ignore = (path: PropertyPath) => {
    const hit = hidden.find((hide) => contains(hide, path));
    if (hit !== undefined) {
      hits.push(hit);
    }
    return hit !== undefined || isInternalKey(String(path[path.length - 1]));
  };
  let diff: ObjectDiff | undefined;
  if (step.old !== undefined && (!isRoot || Object.keys(step.old.fields.outputs).length > 0)) {
    diff = diffMaps(step.old.fields.outputs, outputs, ignore);
    if (diff !== undefined && options.planning && isRoot) {
      withoutUnknownParts(diff);
    }
    if (diff === undefined && hits.length === 0 && !showSames) {
      return "";
    }
  }
  const keys = diff?.keys ?? Object.keys(outputs).sort();
  const width = widthOf(keys);
  return Printer.print(options, indent, (plain) => {
    printHidden(plain, hits);
    const printer = plain.as(step.op, false);
    for (const key of keys) {
      const value = outputs[key] ?? null;
      if (diff === undefined && (isInternalKey(key) || !worthPrinting(value, true))) {
        continue;
      }
      const input = inputs[key];
      if (input !== undefined && !options.refresh && diffValues(value, input, ignore, [key]) === undefined) {
        continue;
      }
      if (diff === undefined) {
        printer.title(key, width);
        printer.value(value);
      } else if (showSames || !diff.isSame(key)) {
        printChange(printer, key, width, diff);
      }
    }
  });
}

/**
 * A stack may give whole resources as outputs, most of whose properties a preview does not know: those are no changes.
 *
 * Source: `massageStackPreviewOutputDiff` of the same file.
 */
function withoutUnknownParts(diff: ObjectDiff): void {
  const isResource = diff.adds.delete("@isPulumiResource");
  for (const [key, value] of [...diff.adds]) {
    if (isResource && value instanceof Unknown) {
      diff.adds.delete(key);
    } else {
      diff.adds.set(key, withoutMarks(value));
    }
  }
  for (const [key, update] of [...diff.updates]) {
    const unknown = update.now instanceof Unknown;
    if (isResource && unknown && !worthPrinting(update.old, false)) {
      diff.updates.delete(key);
      continue;
    }
    withoutUnknownPartsOf(update);
    const alike = update.object?.any !== true && sameValue(update.old, update.now);
    if (alike || unknown) {
      diff.updates.delete(key);
    }
  }
}

function withoutUnknownPartsOf({ array, object }: ValueDiff): void {
  if (array !== undefined) {
    for (const [at, value] of [...(array as Changes<number>).adds]) {
      array.adds.set(at, withoutMarks(value));
    }
    array.updates.forEach(withoutUnknownPartsOf);
  } else if (object !== undefined) {
    withoutUnknownParts(object);
  }
}

function withoutMarks(value: PropertyValue): PropertyValue {
  if (isList(value)) {
    return value.map(withoutMarks);
  }
  if (!isMap(value) || value instanceof AssetOrArchive || value instanceof OutputValue) {
    return value;
  }
  const map: PropertyMap = value;
  return Object.fromEntries(
    Object.entries(map)
      .filter(([key]) => key !== "@isPulumiResource")
      .map(([key, item]) => [key, withoutMarks(item)]),
  );
}
