import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Fleet } from "../../fleet/model";
import { fleetFiles } from "./fleetFiles";

/** Writes a fleet's files into a folder. */
export function writeFleet(folder: string, fleet: Fleet): void {
  for (const { path: file, text } of fleetFiles(fleet)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
}
