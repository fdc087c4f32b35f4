import { isList, isMap } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { AssetOrArchive, OutputValue, ResourceReference, Secret, Unknown } from "../../property/value";
import type { Op } from "../../steps/step";
import { wordsOf } from "../words";
import { printAsset } from "./assets";
import { decode } from "./decode";
import { isInternalKey } from "./objectDiff";
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

  /** Whether unknown values are to be expected. */
  get planning(): boolean {
    return this.page.planning;
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

  /** Prints a value within its line. */
  inline(value: PropertyValue): void {
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
