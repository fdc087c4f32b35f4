import type { Input } from "@pulumi/pulumi";
import type { Release, ResolvedSite } from "../../fleet/model";
import type { Profile } from "../../profiles/profile";

export interface KubesprayClusterArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly profile: Profile;
  /** Digest of the image path's configuration; nodes are configured again when it changes. */
  readonly imageConfiguration: Input<string>;
  /** Absolute path of the site's folder. */
  readonly outputDirectory: string;
}
