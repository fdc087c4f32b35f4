import { isMap } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { AssetOrArchive } from "../../property/value";
import { printAdded, printDeleted, printTextChange } from "./changes";
import type { Printer, Title } from "./printer";
import { widthOf } from "./printer";

/** Prints how one asset or archive became another. */
export function printAssetChange(printer: Printer, title: Title, old: AssetOrArchive, now: AssetOrArchive): void {
  const before = old.source;
  const after = now.source;
  const hashes = change(old.hash.slice(0, 7), now.hash.slice(0, 7));
  if ("path" in before && "path" in after) {
    title(printer);
    printer.write(`${old.kind}(file:${hashes}) { ${change(before.path, after.path)} }\n`);
  } else if ("uri" in before && "uri" in after) {
    title(printer);
    printer.write(`${old.kind}(uri:${hashes}) { ${change(before.uri, after.uri)} }\n`);
  } else if ("text" in before && "text" in after) {
    title(printer);
    printer.write(`asset(text:${hashes}) {`);
    printTextChange(printer.indented(1), before.text, after.text);
    printer.close("}\n");
  } else if ("assets" in before && "assets" in after) {
    title(printer);
    printer.write(`archive(assets:${hashes}) {\n`);
    printEntries(printer.indented(1), before.assets, after.assets);
    printer.close("}\n");
  } else {
    printDeleted(printer, old, title);
    printAdded(printer, now, title);
  }
}

/** Entries that are the same are left out. */
function printEntries(printer: Printer, olds: PropertyMap, news: PropertyMap): void {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  const width = widthOf(names.map((name) => `"${name}"`));
  for (const name of names) {
    const title: Title = (own) => own.title(`"${name}"`, width);
    const old = olds[name];
    const now = news[name];
    if (old === undefined) {
      printAdded(printer.indented(1), now as PropertyValue, title);
    } else if (now === undefined) {
      printDeleted(printer.indented(1), old, title);
    } else if (old instanceof AssetOrArchive && now instanceof AssetOrArchive) {
      if (old.kind === now.kind && old.hash !== now.hash) {
        printAssetChange(printer.as("update", true), title, old, now);
      } else if (old.kind !== now.kind) {
        printDeleted(printer, old, title);
        printAdded(printer, now, title);
      }
    } else if (isMap(old) || isMap(now)) {
      printDeleted(printer, old, title);
      printAdded(printer, now, title);
    }
  }
}

function change(old: string, now: string): string {
  return old === now ? old : `${old}->${now}`;
}
