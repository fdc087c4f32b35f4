import { assembleFleet, type FleetReading, type ReadOptions } from "./assemble";
import { builtInKnowledge, type Knowledge } from "./knowledge";
import { readFiles } from "./source/files";

export type { FleetReading } from "./assemble";

/**
 * Reads and checks the fleet in a folder: `fleet.yaml`, `sites/*.yaml`, `releases/*.yaml` with their lock files, and
 * `rollouts/*.yaml`. It never rejects for what the files say: everything that is wrong is among the findings, all at
 * once.
 * @param folder absolute, or relative to the current folder
 * @param knowledge what components, Kubespray tags and profiles exist; the built-in ones unless a test says otherwise
 * @returns the fleet, or undefined if any finding is an error
 */
export async function readFleet(
  folder: string,
  knowledge: Knowledge = builtInKnowledge,
  options: ReadOptions = {},
): Promise<FleetReading> {
  const { files, problems } = await readFiles(folder);
  return assembleFleet(files, knowledge, problems, options);
}
