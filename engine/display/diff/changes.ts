import type { PropertyPath } from "../../property/path";
import { formatPath } from "../../property/pathText";
import { isList, isMap } from "../../property/shape";
import type { PropertyValue } from "../../property/value";
import { AssetOrArchive, ResourceReference } from "../../property/value";
import { printAssetChange } from "./assetChange";
import { decode } from "./decode";
import { lineRuns } from "./lines";
import type { ObjectDiff, ValueDiff } from "./objectDiff";
import { diffValues, isInternalKey, sameValue } from "./objectDiff";
import type { Printer, Title } from "./printer";
import { widthOf, worthPrinting } from "./printer";
import { quote } from "./quote";

/** Prints differences. @param include the keys to show; all without it. */
export function printChanges(outer: Printer, diff: ObjectDiff, include?: readonly string[]): void {
  const keys = diff.keys.filter((key) => include === undefined || include.includes(key));
  const width = widthOf(keys);
  keys.forEach((key) => printChange(outer, key, width, diff));
}

/** Prints what has become of one key. */
export function printChange(outer: Printer, key: string, width: number, diff: ObjectDiff): void {
  const title: Title = (printer) => printer.title(key, width);
  const add = diff.adds.get(key);
  const gone = diff.deletes.get(key);
  const update = diff.updates.get(key);
  const same = diff.sames.get(key);
  if (add !== undefined) {
    printAdded(outer, add, title);
  } else if (gone !== undefined) {
    printDeleted(outer, gone, title);
  } else if (update !== undefined) {
    printUpdated(outer, update, title);
  } else if (same !== undefined && worthPrinting(same, outer.planning)) {
    const printer = outer.as("same", false);
    printer.title(key, width);
    printer.value(same);
  }
}

/** Prints a value that was not there before. @param title begins its line. */
export function printAdded(outer: Printer, value: PropertyValue, title: Title): void {
  const printer = outer.as("create", true);
  title(printer);
  printer.value(value);
}

/** Prints a value that is gone. @param title begins its line. */
export function printDeleted(outer: Printer, value: PropertyValue, title: Title): void {
  const printer = outer.as("delete", true);
  title(printer);
  printer.value(value);
}

/** Prints how one value became another, no more of lists and maps than has changed. */
export function printUpdated(outer: Printer, diff: ValueDiff, title: Title): void {
  const printer = outer.as("update", true);
  if (diff.array !== undefined) {
    title(printer);
    printer.write("[\n");
    printElements(printer, diff.array);
    printer.close("]\n");
  } else if (diff.object !== undefined) {
    title(printer);
    printer.write("{\n");
    printChanges(printer.indented(1), diff.object);
    printer.close("}\n");
  } else {
    printReplaced(printer, diff, title);
  }
}

function printElements(outer: Printer, array: NonNullable<ValueDiff["array"]>): void {
  const length = Math.max(0, ...array.keys.map((at) => at + 1));
  const inner = outer.indented(2);
  for (let i = 0; i < length; i++) {
    const title: Title = (printer) => printer.indented(-1).begin(`[${i}]: `);
    const add = array.adds.get(i);
    const gone = array.deletes.get(i);
    const update = array.updates.get(i);
    const same = array.sames.get(i);
    if (add !== undefined) {
      printAdded(inner, add, title);
    } else if (gone !== undefined) {
      printDeleted(inner, gone, title);
    } else if (update !== undefined) {
      printUpdated(inner, update, title);
    } else if (same !== undefined) {
      const plain = inner.as("same", false);
      title(plain);
      plain.value(same);
    }
  }
}

function printReplaced(outer: Printer, { old, now }: ValueDiff, title: Title): void {
  const hadOld = worthPrinting(old, false);
  const hasNow = worthPrinting(now, false);
  if (hadOld && hasNow) {
    if (isArchive(old) && isArchive(now)) {
      printAssetChange(outer, title, old, now);
      return;
    }
    if (isPrimitive(old) && isPrimitive(now)) {
      title(outer);
      if (typeof old === "string" && typeof now === "string") {
        printTextChange(outer, old, now);
        return;
      }
      outer.inline(old);
      outer.write(" => ");
      outer.inline(now);
      outer.write("\n");
      return;
    }
  }
  if (hadOld) {
    printDeleted(outer, old, title);
  }
  if (hasNow) {
    printAdded(outer, now, title);
  }
}

/** Prints how one text became another: by its parts if it holds structured data, else by its lines. */
export function printTextChange(outer: Printer, old: string, now: string): void {
  const before = decode(old);
  const after = before && decode(now);
  if (before !== undefined && after !== undefined) {
    if (sameValue(before.value, after.value)) {
      printTextChange(outer, quote(old), quote(now));
      return;
    }
    outer.write(before.kind === after.kind ? `(${before.kind}) ` : `(${before.kind} => ${after.kind}) `);
    const diff = diffValues(before.value, after.value, (path) => isInternalKey(String(path[path.length - 1])));
    if (diff === undefined) {
      outer.value(before.value);
    } else {
      printUpdated(outer, diff, () => undefined);
    }
    return;
  }
  if (!old.includes("\n") && !now.includes("\n")) {
    outer.write(`${quote(old)} => ${quote(now)}\n`);
    return;
  }
  outer.write("\n");
  for (const { kind, lines } of lineRuns(old, now)) {
    const printer = outer
      .indented(1)
      .as(kind === "add" ? "create" : kind === "delete" ? "delete" : "same", kind !== "same");
    for (const line of lines) {
      printer.begin(line);
      printer.write("\n");
    }
  }
}

/** Names the properties whose differences the program hides. */
export function printHidden(outer: Printer, paths: readonly PropertyPath[]): void {
  const printer = outer.as("update", true);
  for (const text of [...new Set(paths.map(formatPath))].sort()) {
    printer.begin(`${text} (hidden)\n`);
  }
}

function isPrimitive(value: PropertyValue): boolean {
  return !isList(value) && !isMap(value) && !(value instanceof AssetOrArchive) && !(value instanceof ResourceReference);
}

function isArchive(value: PropertyValue): value is AssetOrArchive {
  return value instanceof AssetOrArchive && value.kind === "archive";
}
