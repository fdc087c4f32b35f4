import type { Profile } from "../../profiles/profile";
import { flux, partOfFlux } from "./address";

/** Secrets of Flux on a site. */
export const syncSecrets = {
  /** Account, password and authority for the site's Gitea. */
  reader: "gitea-reader",
  /** Authority by which Flux trusts the bastion's registry, from which charts come. */
  registryAuthority: "bastion-ca",
  /** `*.sshpub` of those who may sign releases. */
  signers: "git-signers",
} as const;

/**
 * Folder of the deploy repository that is applied. The root, because Flux takes a root without files for one that asks
 * for nothing, but refuses a folder that is not there; before the first promotion there are no files.
 */
export const deployPath = "./";

/** It waits for the Kustomizations in the cut, which have 20 minutes each. */
const deployTimeout = "30m";

/**
 * What Flux follows: first `deploy`, then what the site itself keeps in `site`. Each object belongs to one of the two.
 * What people keep in `site` may be encrypted for the site's key. `deploy` itself holds no secrets, only the
 * Kustomizations of those that do: Flux applies nothing of a Kustomization while the key that it asks for is missing.
 * @param urls of the site's repositories, inside the cluster.
 * @param signed whether the head of `deploy` must be signed.
 * @param decrypts whether the site has the key of its secrets in Git.
 */
export function syncObjects(
  profile: Pick<Profile, "flux">,
  urls: { readonly deploy: string; readonly site: string },
  signed: boolean,
  decrypts: boolean,
) {
  const { sourceInterval, kustomizationInterval } = profile.flux;
  const repository = (name: "deploy" | "site", branch: string, verify: object) => ({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name, namespace: flux.namespace, labels: partOfFlux },
    spec: {
      interval: sourceInterval,
      timeout: "60s",
      url: urls[name],
      ref: { branch },
      secretRef: { name: syncSecrets.reader },
      ...verify,
    },
  });
  const kustomization = (
    name: "deploy" | "site",
    path: string,
    more: { timeout: string; dependsOn?: { name: string }[]; decryption?: object },
  ) => ({
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: flux.namespace, labels: partOfFlux },
    spec: {
      interval: kustomizationInterval,
      retryInterval: "2m",
      path,
      prune: true,
      // What is taken out of Git is deleted, and so is all if the Kustomization goes; namespaces are not pruned.
      deletionPolicy: "MirrorPrune",
      // Ready means that what was applied is healthy; gates read it.
      wait: name === "deploy",
      sourceRef: { kind: "GitRepository", name },
      ...more,
    },
  });
  return {
    deployRepository: repository(
      "deploy",
      "deploy",
      signed ? { verify: { mode: "HEAD", secretRef: { name: syncSecrets.signers } } } : {},
    ),
    // People on the site sign nothing; who may write there is Gitea's to say.
    siteRepository: repository("site", "main", {}),
    deployKustomization: kustomization("deploy", deployPath, { timeout: deployTimeout }),
    siteKustomization: kustomization("site", "./", {
      timeout: "15m",
      dependsOn: [{ name: "deploy" }],
      ...(decrypts && { decryption: { provider: "sops", secretRef: { name: flux.decryptionSecret } } }),
    }),
  };
}
