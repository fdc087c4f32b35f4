import type * as k8s from "@pulumi/kubernetes";
import type { Input } from "@pulumi/pulumi";
import type { Release, ResolvedSite } from "../../fleet/model";
import type { Profile } from "../../profiles/profile";
import type { SecretStore } from "../secrets/secretStore";

export interface FluxBootstrapArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly profile: Profile;
  /** The site's repositories and the account that reads them. */
  readonly git: {
    /** `https://` addresses inside the cluster; plain, because they decide what Flux follows. */
    readonly deployUrl: string;
    readonly siteUrl: string;
    readonly username: Input<string>;
    readonly password: Input<string>;
    /** PEM of the authority that the repositories' server is trusted by. */
    readonly authority: Input<string>;
  };
  /**
   * Public keys (`ssh-ed25519 AAAA... comment`), in any order; a release must be signed by one of them. Without any,
   * Flux takes whatever the branch holds.
   */
  readonly signers: readonly string[];
  /**
   * The site's age key (`AGE-SECRET-KEY-1...`), by which Flux reads what SOPS has encrypted in Git; undefined if its
   * Secret `sops-age` is brought by those who keep the key.
   */
  readonly decryptionKey?: Input<string> | undefined;
  readonly secrets: SecretStore;
  /** Of the site's cluster. */
  readonly provider: k8s.Provider;
}
