import type { PropertyPath } from "../../property/path";
import { printChanges, printHidden } from "./changes";
import { contains, parsePath } from "../../property/path";
import type { PropertyMap } from "../../property/value";
import { UNKNOWN } from "../../property/signature";
import type { Op, Step } from "../../steps/step";
import { nameOf, parseReference } from "../../urn";
import { wordsOf } from "../words";
import { diffOfDetails } from "./detailed";
import type { ObjectDiff } from "./objectDiff";
import { Changes, diffMaps, isInternalKey } from "./objectDiff";
import { Printer } from "./printer";
import { escaped } from "./quote";

/** There were differences, and all are hidden. */
const NO_CHANGES: ObjectDiff = new Changes();

export interface DetailsOptions {
  readonly planning: boolean;
  readonly truncate: boolean;
}

/** The lines that name a step: what is done to which resource, its id, URN and provider. */
export function headerText(step: Step, op: Op, indent: number): string {
  const blank = "    ".repeat(indent);
  const inner = `${blank}    `;
  const { old, made } = step;
  const had = old?.fields.protect === true;
  const has = made?.fields.protect === true;
  const lock = made !== undefined && had && !has ? " 🔓" : has || had ? " 🔒" : "";
  const ends: readonly Op[] = ["delete", "replace", "create-replacement", "delete-replaced"];
  const retained = old?.fields.retainOnDelete === true && ends.includes(op) ? "[retain]" : "";
  let text = `${blank}${wordsOf(op).mark}${step.type}: (${op}${retained})${lock}\n`;
  if (old !== undefined && old.fields.id !== "") {
    text += `${inner}[id=${old.fields.id}]\n`;
  }
  text += `${inner}[urn=${escaped(step.urn).replace(/\\\\/g, "\\").replace(/\\"/g, '"')}]\n`;
  if (step.provider === "") {
    return text;
  }
  if (old !== undefined && made !== undefined && old.fields.provider !== made.fields.provider) {
    return `${text}${inner}[provider: ${old.fields.provider} => ${knownReference(made.fields.provider)}]\n`;
  }
  const isDefault = nameOf(parseReference(step.provider).urn) === "default";
  return isDefault ? text : `${text}${inner}[provider=${step.provider}]\n`;
}

function knownReference(reference: string): string {
  return reference.endsWith(`::${UNKNOWN}`) ? `${reference.slice(0, -UNKNOWN.length)}[unknown]` : reference;
}

/** The properties of a step, and how they change. */
export function detailsText(step: Step, op: Op, indent: number, refresh: boolean, options: DetailsOptions): string {
  if (op === "same") {
    return "";
  }
  const { old, made } = step;
  return Printer.print(options, indent + 1, (printer) => {
    if (step.detailedDiff !== undefined && old !== undefined && made !== undefined) {
      const hits: PropertyPath[] = [];
      const diff = diffOfDetails(step, refresh, hiddenOf(step), hits);
      if (diff === undefined && hits.length === 0) {
        printer.as("same", true).map(old.fields.inputs);
      } else {
        printHidden(printer, hits);
        printChanges(printer, diff ?? NO_CHANGES);
      }
    } else if (old === undefined && made !== undefined) {
      const { inputs, outputs } = made.fields;
      printer.as(op, false).map(Object.keys(outputs).length > 0 ? outputs : inputs);
    } else if (made === undefined && old !== undefined) {
      printer.as(op, false).map(old.fields.inputs);
    } else if (old !== undefined && made !== undefined) {
      const byOutputs = Object.keys(made.fields.outputs).length > 0 && !op.startsWith("import");
      if (byOutputs) {
        printMaps(printer, step, old.fields.outputs, made.fields.outputs, undefined);
      } else {
        const include = step.diffs.length > 0 ? step.diffs : undefined;
        printMaps(printer, step, old.fields.inputs, made.fields.inputs, include);
      }
    }
  });
}

function printMaps(
  printer: Printer,
  step: Step,
  olds: PropertyMap,
  news: PropertyMap,
  include: readonly string[] | undefined,
): void {
  const hidden = hiddenOf(step);
  const hits: PropertyPath[] = [];
  const diff = diffMaps(olds, news, (path) => {
    const hit = hidden.find((hide) => contains(hide, path));
    if (hit !== undefined) {
      hits.push(hit);
    }
    return hit !== undefined || isInternalKey(String(path[path.length - 1]));
  });
  if (diff === undefined && hits.length === 0) {
    printer.as("same", true).map(news);
  } else {
    printHidden(printer, hits);
    printChanges(printer, diff ?? NO_CHANGES, include);
  }
}

function hiddenOf({ old, made }: Step): PropertyPath[] {
  return ((made ?? old)?.fields.hideDiff ?? []).map(parsePath);
}
