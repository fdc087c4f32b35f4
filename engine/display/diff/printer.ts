import type { PropertyPath } from "../../property/path";
import { formatPath } from "../../property/pathText";
import { isList, isMap } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "../../property/value";
import type { Op } from "../../steps/step";
import { wordsOf } from "../words";
import { printAssets, printAsset } from "./assets";
import { decode } from "./decode";
import { lineRuns } from "./lines";
import type { ObjectDiff, ValueDiff } from "./objectDiff";
import { diffValues, isInternalKey, sameValue } from "./objectDiff";
import { numberText, quote } from "./quote";

export type Title = (printer: Printer) => void;

/** What all printers of one text share. */
interface Page {
  text: string;
  /** Whether unknown values are to be expected. */
  readonly planning: boolean;
  /** Whether long texts are cut. */
  readonly truncate: boolean;
}

/**
 * Prints properties and their differences line by line as the official CLI's diff view does, without colours.
 *
 * Source: `propertyPrinter` of `pkg/backend/display/object_diff.go`. A line begins with its indentation, whose last two
 * characters are the mark of what happened (`+ `, `~ `, `- `) where `prefix` is set.
 */
export class Printer {
  private constructor(
    private readonly page: Page,
    /** In steps of four. */
    readonly indent: number,
    private readonly op: Op,
    private readonly prefix: boolean,
  ) {}

  /** Prints into a new text. */
  static print(
    options: { readonly planning: boolean; readonly truncate: boolean },
    indent: number,
    work: (printer: Printer) => void,
  ): string {
    const page: Page = { text: "", ...options };
    work(new Printer(page, indent, "same", false));
    return page.text;
  }

  indented(by: number): Printer {
    return new Printer(this.page, this.indent + by, this.op, this.prefix);
  }

  as(op: Op, prefix: boolean): Printer {
    return new Printer(this.page, this.indent, op, prefix);
  }

  write(text: string): void {
    this.page.text += text;
  }

  /** Begins a line. */
  begin(text: string): void {
    const blank = "    ".repeat(this.indent);
    this.write(this.prefix && blank !== "" ? blank.slice(0, -2) + wordsOf(this.op).mark : blank);
    this.write(this.page.truncate ? truncated(text) : text);
  }

  /** Begins a line without a mark, as those do that close a list or a map. */
  close(text: string): void {
    this.write("    ".repeat(this.indent) + text);
  }

  title(name: string, width: number): void {
    this.begin(`${name}${" ".repeat(Math.max(0, width - [...name].length))}: `);
  }

  /** Prints a map's properties, each on its lines. */
  map(map: PropertyMap): void {
    const keys = Object.keys(map).sort();
    const width = widthOf(keys);
    for (const key of keys) {
      if (!isInternalKey(key)) {
        this.title(key, width);
        this.value(map[key] ?? null);
      }
    }
  }

  /** Prints a value to the end of its last line. */
  value(value: PropertyValue): void {
    this.inline(value);
    this.write("\n");
  }

  private inline(value: PropertyValue): void {
    if (isList(value)) {
      this.write(value.length === 0 ? "[]" : "[\n");
      value.forEach((item, i) => {
        this.begin(`    [${i}]: `);
        this.indented(1).value(item);
      });
      if (value.length > 0) {
        this.close("]");
      }
    } else if (value instanceof AssetOrArchive) {
      printAsset(this, value);
    } else if (isMap(value)) {
      if (Object.keys(value).length === 0) {
        this.write("{}");
        return;
      }
      this.write("{\n");
      this.indented(1).map(value);
      this.close("}");
    } else if (value instanceof ResourceReference) {
      this.write("{\n");
      const inner = this.indented(1);
      inner.title("URN", 3);
      inner.write(`${quote(value.urn)}\n`);
      inner.title("ID", 3);
      inner.value(value.id ?? null);
      inner.title("PackageVersion", 3);
      inner.write(`${quote(value.packageVersion)}\n`);
      this.close("}");
    } else {
      this.primitive(value);
    }
  }

  private primitive(value: PropertyValue): void {
    if (value instanceof Secret || (value instanceof OutputValue && value.secret)) {
      this.write("[secret]");
    } else if (value instanceof Unknown || (value instanceof OutputValue && !value.known)) {
      this.write("[unknown]");
    } else if (value instanceof OutputValue) {
      this.inline(value.element);
    } else if (typeof value === "string") {
      const decoded = decode(value);
      if (decoded === undefined) {
        this.write(quote(this.page.truncate ? truncated(value) : value));
      } else {
        this.write(`(${decoded.kind}) `);
        this.value(decoded.value);
      }
    } else {
      this.write(value === null ? "<null>" : typeof value === "number" ? numberText(value) : String(value));
    }
  }

  /** Prints differences. @param include the keys to show; all without it. */
  changes(diff: ObjectDiff, include?: readonly string[]): void {
    const keys = diff.keys.filter((key) => include === undefined || include.includes(key));
    const width = widthOf(keys);
    keys.forEach((key) => this.change(key, width, diff));
  }

  /** Prints what has become of one key. */
  change(key: string, width: number, diff: ObjectDiff): void {
    const title: Title = (printer) => printer.title(key, width);
    const add = diff.adds.get(key);
    const gone = diff.deletes.get(key);
    const update = diff.updates.get(key);
    const same = diff.sames.get(key);
    if (add !== undefined) {
      this.added(add, title);
    } else if (gone !== undefined) {
      this.deleted(gone, title);
    } else if (update !== undefined) {
      this.updated(update, title);
    } else if (same !== undefined && worthPrinting(same, this.page.planning)) {
      const printer = this.as("same", false);
      printer.title(key, width);
      printer.value(same);
    }
  }

  added(value: PropertyValue, title: Title): void {
    const printer = this.as("create", true);
    title(printer);
    printer.value(value);
  }

  deleted(value: PropertyValue, title: Title): void {
    const printer = this.as("delete", true);
    title(printer);
    printer.value(value);
  }

  updated(diff: ValueDiff, title: Title): void {
    const printer = this.as("update", true);
    if (diff.array !== undefined) {
      title(printer);
      printer.write("[\n");
      printer.elements(diff.array);
      printer.close("]\n");
    } else if (diff.object !== undefined) {
      title(printer);
      printer.write("{\n");
      printer.indented(1).changes(diff.object);
      printer.close("}\n");
    } else {
      printer.replaced(diff, title);
    }
  }

  private elements(array: NonNullable<ValueDiff["array"]>): void {
    const length = Math.max(0, ...array.keys.map((at) => at + 1));
    const inner = this.indented(2);
    for (let i = 0; i < length; i++) {
      const title: Title = (printer) => printer.indented(-1).begin(`[${i}]: `);
      const add = array.adds.get(i);
      const gone = array.deletes.get(i);
      const update = array.updates.get(i);
      const same = array.sames.get(i);
      if (add !== undefined) {
        inner.added(add, title);
      } else if (gone !== undefined) {
        inner.deleted(gone, title);
      } else if (update !== undefined) {
        inner.updated(update, title);
      } else if (same !== undefined) {
        const plain = inner.as("same", false);
        title(plain);
        plain.value(same);
      }
    }
  }

  private replaced({ old, now }: ValueDiff, title: Title): void {
    const hadOld = worthPrinting(old, false);
    const hasNow = worthPrinting(now, false);
    if (hadOld && hasNow) {
      if (isArchive(old) && isArchive(now)) {
        printAssets(this, title, old, now);
        return;
      }
      if (isPrimitive(old) && isPrimitive(now)) {
        title(this);
        if (typeof old === "string" && typeof now === "string") {
          this.textChange(old, now);
          return;
        }
        this.primitive(old);
        this.write(" => ");
        this.primitive(now);
        this.write("\n");
        return;
      }
    }
    if (hadOld) {
      this.deleted(old, title);
    }
    if (hasNow) {
      this.added(now, title);
    }
  }

  /** Prints how one text became another: by its parts if it holds structured data, else by its lines. */
  textChange(old: string, now: string): void {
    const before = decode(old);
    const after = before && decode(now);
    if (before !== undefined && after !== undefined) {
      if (sameValue(before.value, after.value)) {
        this.textChange(quote(old), quote(now));
        return;
      }
      this.write(before.kind === after.kind ? `(${before.kind}) ` : `(${before.kind} => ${after.kind}) `);
      const diff = diffValues(before.value, after.value, (path) => isInternalKey(String(path[path.length - 1])));
      if (diff === undefined) {
        this.value(before.value);
      } else {
        this.updated(diff, () => undefined);
      }
      return;
    }
    if (!old.includes("\n") && !now.includes("\n")) {
      this.write(`${quote(old)} => ${quote(now)}\n`);
      return;
    }
    this.write("\n");
    for (const { kind, lines } of lineRuns(old, now)) {
      const printer = this.indented(1).as(
        kind === "add" ? "create" : kind === "delete" ? "delete" : "same",
        kind !== "same",
      );
      for (const line of lines) {
        printer.begin(line);
        printer.write("\n");
      }
    }
  }

  /** Names the properties whose differences the program hides. */
  hidden(paths: readonly PropertyPath[]): void {
    const printer = this.as("update", true);
    for (const text of [...new Set(paths.map(formatPath))].sort()) {
      printer.begin(`${text} (hidden)\n`);
    }
  }
}

/** Nulls and empty values only clutter the view. */
export function worthPrinting(value: PropertyValue, outputs: boolean): boolean {
  if (value instanceof OutputValue) {
    return outputs;
  }
  const empty = value === null || value === "" || (isList(value) && value.length === 0);
  return !empty && !(isMap(value) && Object.keys(value).length === 0);
}

/** How wide the longest key is, in bytes as the official CLI counts. */
export function widthOf(keys: readonly string[]): number {
  return Math.max(0, ...keys.map((key) => Buffer.byteLength(key)));
}

function isPrimitive(value: PropertyValue): boolean {
  return !isList(value) && !isMap(value) && !(value instanceof AssetOrArchive) && !(value instanceof ResourceReference);
}

function isArchive(value: PropertyValue): value is AssetOrArchive {
  return value instanceof AssetOrArchive && value.kind === "archive";
}

const MOST_LINES = 3;
const LONGEST_LINE = 150;

/** At most three lines of 150 characters each. */
function truncated(text: string): string {
  const lines = text.split("\n");
  const cut = lines
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}...` : line));
  return cut.join("\n") + (lines.length > MOST_LINES ? "\n..." : "");
}
