import type { ResolvedSite } from "../../fleet/model";
import type { Profile } from "../../profiles/profile";
import { flux } from "./address";

/** Secrets of Flux on a site. The last two hold keys that edgewave never has; they are put there by their owners. */
export const syncSecrets = {
  /** Account, password and authority for the site's Gitea. */
  reader: "gitea-reader",
  /** Authority by which Flux trusts the bastion's registry, from which charts come. */
  registryAuthority: "bastion-ca",
  /** `*.sshpub` of those who may sign releases. */
  signers: "git-signers",
  /** `age.agekey`, the site's own key for SOPS. */
  decryption: "sops-age",
} as const;

/** Folder of a site's overlay in its deploy repository. */
export function overlayPath(site: Pick<ResolvedSite, "name">): string {
  return `./applications/overlays/${site.name}`;
}

/**
 * What Flux follows: first `deploy`, whose head must be signed, then what the site itself keeps in `site`. Each object
 * belongs to one of the two.
 * @param urls of the site's repositories, inside the cluster.
 */
export function syncObjects(
  site: Pick<ResolvedSite, "name">,
  profile: Pick<Profile, "flux">,
  urls: { readonly deploy: string; readonly site: string },
) {
  const { sourceInterval, kustomizationInterval } = profile.flux;
  const repository = (name: "deploy" | "site", branch: string, verify: object) => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name, namespace: flux.namespace },
    spec: {
      interval: sourceInterval,
      timeout: "60s",
      url: urls[name],
      ref: { branch },
      secretRef: { name: syncSecrets.reader },
      ...verify,
    },
  });
  const kustomization = (name: "deploy" | "site", path: string, dependsOn: { name: string }[]) => ({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: flux.namespace },
    spec: {
      interval: kustomizationInterval,
      retryInterval: "2m",
      timeout: "15m",
      path,
      prune: true,
      // Ready means that what was applied is healthy; gates read it.
      wait: name === "deploy",
      sourceRef: { kind: "GitRepository", name },
      decryption: { provider: "sops", secretRef: { name: syncSecrets.decryption } },
      ...(dependsOn.length > 0 ? { dependsOn } : {}),
    },
  });
  return {
    deployRepository: repository("deploy", "deploy", {
      verify: { mode: "HEAD", secretRef: { name: syncSecrets.signers } },
    }),
    // People on the site sign nothing; who may write there is Gitea's to say.
    siteRepository: repository("site", "main", {}),
    deployKustomization: kustomization("deploy", overlayPath(site), []),
    siteKustomization: kustomization("site", "./", [{ name: "deploy" }]),
  };
}
