import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { FleetFile } from "../../fleet/source/files";
import { repository } from "./edgewave";

/** The files of the example fleet, as the reader of fleets gives them. */
export function harboursFiles(): readonly FleetFile[] {
  const folder = path.join(repository, "examples", "harbours");
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => ({ path: file.split(path.sep).join("/"), text: readFileSync(path.join(folder, file), "utf8") }));
}
