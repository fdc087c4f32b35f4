import type { AssetOrArchive } from "../../property/value";
import type { Printer } from "./printer";

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
