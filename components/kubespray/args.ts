import type { Input, Output } from "@pulumi/pulumi";
import type { Release, ResolvedSite } from "../../fleet/model";
import type { ClusterRecord } from "./record";
import type { Profile } from "../../profiles/profile";

/** What the machine of the driver knows and has, to work on a site's hosts. */
export interface FieldAccess {
  /** What is written down of the cluster. */
  readonly record: ClusterRecord;
  /** Absolute path of the folder where it is written. */
  readonly recordDirectory: string;
  /** Absolute path of edgewave's Kubespray runner. */
  readonly runner: string;
  /** Through which the API server is asked, such as `socks5://127.0.0.1:1080`; undefined asks it directly. */
  readonly proxy: string | undefined;
}

export interface KubesprayClusterArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly profile: Profile;
  /** Digest of the image path's configuration; nodes are configured again when it changes. */
  readonly imageConfiguration: Input<string>;
  /** Values of the Ansible variables that rendered files only name; secret. */
  readonly nodeVariables?: Output<Record<string, string>>;
  /** Absolute path of the site's folder. */
  readonly outputDirectory: string;
  /** For a site with the target `field`; without it, files are made and nobody is contacted. */
  readonly field?: FieldAccess | undefined;
}
