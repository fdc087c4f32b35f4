import type { HubLogin } from "../components/gitea/configuration";
import type { FieldAccess } from "../components/kubespray/args";
import type { Fleet, Release, ResolvedSite } from "../fleet/model";

/** How a site is reached from the driver's machine. */
export interface SiteAccess {
  /** Text of the kubeconfig of a site with the target `cluster`. */
  readonly kubeconfig?: string | undefined;
  /** For a site with the target `field`. */
  readonly field?: FieldAccess | undefined;
  /** By what the site reaches the hub, once `edgewave hub setup` has made it. */
  readonly hubLogin?: HubLogin | undefined;
}

/** Everything that a site's stack is made from. */
export interface SiteArgs {
  readonly site: ResolvedSite;
  readonly release: Release;
  readonly fleet: Pick<Fleet, "name" | "domain" | "hub">;
  /** Public keys (`ssh-ed25519 AAAA... comment`) whose signature Flux asks of a release; empty if of none. */
  readonly signers: readonly string[];
  /** How the site is reached; nobody contacts a site with the target `render`. */
  readonly access?: SiteAccess | undefined;
  /** Absolute path of the site's folder, such as `/srv/out/harbours/sites/porto`. */
  readonly outputDirectory: string;
  /**
   * The age key by which the site reads its secrets in Git; undefined where it is kept elsewhere. A secret.
   */
  readonly sopsIdentity?: string | undefined;
}
