import type { Release, ResolvedSite } from "../../fleet/model";

export interface ImageConfigArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  /** Absolute path of the site's folder. */
  readonly outputDirectory: string;
}
