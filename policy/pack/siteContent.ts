import type { Release, ResolvedSite } from "../../fleet/model";
import { cutForSite } from "../../gitops/cut";
import { renderRelease } from "../../gitops/render/release";
import type { Resource } from "../resource";
import { contentResources } from "../git/content";

/** What one site's Flux takes from Git of a release. */
export function siteContent(release: Release, site: ResolvedSite): readonly Resource[] {
  return contentResources(cutForSite(renderRelease(release, [site]), site.name));
}
