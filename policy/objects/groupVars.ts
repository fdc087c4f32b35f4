import { parse } from "yaml";
import { at } from "./json";
import { once } from "./once";
import { writtenFile, type Resource } from "../resource";

/** @returns a variable for Ansible that a resource writes into a site's inventory; undefined where it writes none. */
export function groupVar(resource: Resource, name: string): unknown {
  // Most files do not have it, and reading one takes a while.
  return writtenFile(resource)?.content.includes(name) === true ? at(groupVars(resource), name) : undefined;
}

/** Variables for Ansible that a resource writes into a site's inventory; undefined for any other resource. */
const groupVars = once((resource: Resource): unknown => {
  const file = writtenFile(resource);
  if (file === undefined || !/(^|\/)group_vars\/.*\.ya?ml$/.test(file.path)) return undefined;
  try {
    return parse(file.content, { logLevel: "silent" }) as unknown;
  } catch {
    // A file that is no YAML has no variables.
    return undefined;
  }
});
