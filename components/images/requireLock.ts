import type { Release, ResolvedSite } from "../../fleet/model";
import { ComponentArgumentError } from "../argumentError";

/**
 * What a real site pulls is named by digest: a tag can name something else tomorrow.
 * @throws ComponentArgumentError `EDGE-COMPONENT-014` for a release without a lock, unless the site is only rendered.
 */
export function requireLock(
  site: Pick<ResolvedSite, "name" | "target">,
  release: Pick<Release, "name" | "lock">,
): void {
  if (site.target === "render" || release.lock !== undefined) return;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-014",
    "ImageConfig",
    `site ${site.name}, target ${site.target}`,
    `release ${release.name} has no lock`,
    `Run edgewave release lock ${release.name}`,
  );
}
