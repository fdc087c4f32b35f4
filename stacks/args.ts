import type { Fleet, Release, ResolvedSite } from "../fleet/model";

/** Everything that a site's stack is made from. */
export interface SiteArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  /** Public keys (`ssh-ed25519 AAAA... comment`) whose signature Flux asks of a release; empty if of none. */
  readonly signers: readonly string[];
  /** Text of the kubeconfig of a site with the target `cluster`. */
  readonly kubeconfig?: string | undefined;
  /** Absolute path of the site's folder, such as `/srv/out/harbours/sites/porto`. */
  readonly outputDirectory: string;
}
