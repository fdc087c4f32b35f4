import type * as k8s from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Hub, Release, ResolvedSite } from "../../fleet/model";
import type { Profile } from "../../profiles/profile";
import type { SecretStore } from "../secrets/secretStore";

export interface SiteReporterArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly hub: Hub;
  readonly profile: Profile;
  /** The account at the site's Gitea that pushes reports. */
  readonly git: {
    readonly username: Input<string>;
    readonly password: Input<string>;
    /** PEM of the authority that Gitea's server is trusted by. */
    readonly authority: Input<string>;
  };
  readonly secrets: SecretStore;
  /** Of the site's cluster. */
  readonly provider: k8s.Provider;
  /** Absolute path of the site's folder. */
  readonly outputDirectory: string;
}
