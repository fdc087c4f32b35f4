import { isMap } from "../../property/shape";
import type { PropertyMap, PropertyValue } from "../../property/value";
import { AssetOrArchive } from "../../property/value";
import type { Printer, Title } from "./printer";
import { widthOf } from "./printer";

/** Prints an asset or an archive: where its content comes from, and the beginning of its hash. */
export function printAsset(printer: Printer, { kind, hash, source }: AssetOrArchive): void {
  const short = hash.slice(0, 7);
  if ("text" in source) {
    printer.write(`asset(text:${short}) {\n`);
    source.text.split("\n").forEach((line) => printer.close(`    ${line}\n`));
    printer.close("}");
  } else if ("path" in source) {
    printer.write(`${kind}(file:${short}) { ${source.path} }`);
  } else if ("uri" in source) {
    printer.write(`${kind}(uri:${short}) { ${source.uri} }`);
  } else {
    printer.write(`archive(assets:${short}) {\n`);
    for (const name of Object.keys(source.assets).sort()) {
      printer.begin(`    "${name}": `);
      printer.indented(1).value(source.assets[name] ?? null);
    }
    printer.close("}");
  }
}

/** Prints how one asset or archive became another. */
export function printAssets(printer: Printer, title: Title, old: AssetOrArchive, now: AssetOrArchive): void {
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
    printer.indented(1).textChange(before.text, after.text);
    printer.close("}\n");
  } else if ("assets" in before && "assets" in after) {
    title(printer);
    printer.write(`archive(assets:${hashes}) {\n`);
    printEntries(printer.indented(1), before.assets, after.assets);
    printer.close("}\n");
  } else {
    printer.deleted(old, title);
    printer.added(now, title);
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
      printer.indented(1).added(now as PropertyValue, title);
    } else if (now === undefined) {
      printer.indented(1).deleted(old, title);
    } else if (old instanceof AssetOrArchive && now instanceof AssetOrArchive) {
      if (old.kind === now.kind && old.hash !== now.hash) {
        printAssets(printer.as("update", true), title, old, now);
      } else if (old.kind !== now.kind) {
        printer.deleted(old, title);
        printer.added(now, title);
      }
    } else if (isMap(old) || isMap(now)) {
      printer.deleted(old, title);
      printer.added(now, title);
    }
  }
}

function change(old: string, now: string): string {
  return old === now ? old : `${old}->${now}`;
}
