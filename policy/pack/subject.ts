import { readFileSync } from "node:fs";
import path from "node:path";
import type { Fleet, Release, ResolvedSite } from "../../fleet/model";
import { readFleet } from "../../fleet/read";
import { deployedResources } from "../deployed";
import type { Resource } from "../resource";

/** The stack that is judged, as its configuration and the fleet's files tell it. */
export interface Subject {
  readonly fleet: Fleet;
  readonly site: ResolvedSite;
  readonly release: Release;
  /** What holds state by the last checkpoint in the fleet's output folder; undefined if there is none. */
  readonly deployed: readonly Resource[] | undefined;
}

/** Configuration under `edgewave:`, as `stacks/settings.ts` has it. */
export interface PackSettings {
  readonly fleet: string | undefined;
  readonly release: string | undefined;
  readonly out: string | undefined;
}

/**
 * Finds the site that a stack is.
 * @param root absolute path of the folder that relative paths of the configuration are in.
 * @returns the subject, or why there is none, for people.
 */
export async function readSubject(settings: PackSettings, stack: string, root: string): Promise<Subject | string> {
  if (settings.fleet === undefined) return "the stack's configuration has no edgewave:fleet";
  const folder = path.resolve(root, settings.fleet);
  const { fleet, findings } = await readFleet(folder);
  if (fleet === undefined) {
    const count = findings.filter(({ severity }) => severity === "error").length;
    return `the fleet in ${folder} has ${count} ${count === 1 ? "error" : "errors"}; edgewave check names them`;
  }
  const site = fleet.sites.find(({ name }) => name === stack);
  if (site === undefined) return `the fleet ${fleet.name} has no site ${stack}`;
  const release = fleet.releases.find(({ name }) => name === (settings.release ?? fleet.releases.at(-1)?.name));
  if (release === undefined) return `the fleet ${fleet.name} has no release ${settings.release ?? ""}`;
  const out = path.resolve(root, settings.out ?? path.join("out", fleet.name));
  return { fleet, site, release, deployed: deployedResources(out, stack, readIfThere) };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
