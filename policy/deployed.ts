import path from "node:path";
import { at, list, text } from "./objects/json";
import type { Resource } from "./resource";

/** Name of the Pulumi project of this repository. */
const project = "edgewave";

/**
 * The resources of a stack's last checkpoint in the fleet's own file backend, with their inputs and outputs; secrets are
 * still encrypted there, and no rule for what is deployed needs one.
 * @param read gives a file's text, or undefined if it cannot be read.
 * @returns undefined if there is no checkpoint: the site is new, or its state is kept elsewhere.
 */
export function deployedResources(
  outFolder: string,
  stack: string,
  read: (file: string) => string | undefined,
): readonly Resource[] | undefined {
  const written = read(path.join(outFolder, "state", ".pulumi", "stacks", project, `${stack}.json`));
  if (written === undefined) return undefined;
  let checkpoint: unknown;
  try {
    checkpoint = JSON.parse(written);
  } catch {
    return undefined;
  }
  return list(at(checkpoint, "checkpoint", "latest", "resources")).flatMap((resource) => {
    const [type, urn] = [text(at(resource, "type")), text(at(resource, "urn"))];
    // What is to be deleted has been replaced already.
    if (type === undefined || urn === undefined || at(resource, "delete") === true) return [];
    const name = urn.split("::").slice(3).join("::");
    const [props, outputs] = [at(resource, "inputs") ?? {}, at(resource, "outputs") ?? {}];
    return [{ type, name, urn, props, outputs, origin: "stack" } as const];
  });
}
