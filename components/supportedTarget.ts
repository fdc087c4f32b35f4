import type { ResolvedSite } from "../fleet/model";
import { ComponentArgumentError } from "./argumentError";

/**
 * Refuses a target that this version cannot work on.
 * @throws ComponentArgumentError `EDGE-COMPONENT-001` for every target but `render`.
 */
export function requireSupportedTarget(component: string, site: Pick<ResolvedSite, "name" | "target">): void {
  if (site.target === "render") return;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-001",
    component,
    `site ${site.name}, target`,
    `"${site.target}" is not available in this version of edgewave, which renders files and contacts no host`,
    `Set "target: render" in the site's file`,
  );
}
