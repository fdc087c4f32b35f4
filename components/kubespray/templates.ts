import { ComponentArgumentError } from "../argumentError";
import type { InventorySite } from "./inventorySite";

// Ansible evaluates Jinja in every variable of an inventory, on the machine that runs it.
const jinja = /\{[{%#]/;

/**
 * Refuses a site if Ansible would run a text of it as a template. It looks at what can reach the inventory and at nothing
 * else of the site.
 * @throws ComponentArgumentError `EDGE-COMPONENT-012` with every such path.
 */
export function refuseTemplates(site: InventorySite): void {
  const found = templatesIn(site, "");
  if (found.length === 0) return;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-012",
    "KubesprayCluster",
    `site ${site.name}`,
    `Ansible would run as a template: ${found.join(", ")}`,
    'Remove "{{", "{%" and "{#" from the site\'s file',
  );
}

function templatesIn(value: unknown, path: string): readonly string[] {
  if (typeof value === "string") return jinja.test(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => [
    ...(jinja.test(key) ? [`key ${JSON.stringify(key)} of ${path || "the site"}`] : []),
    ...templatesIn(part, path === "" ? key : `${path}.${key}`),
  ]);
}
