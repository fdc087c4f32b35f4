import { flux } from "../../components/flux/address";
import type { Profile } from "../../profiles";
import { deploySource, fluxNamespace, siteVariables } from "./objects";

/** By the site's own age key. */
const decryption = { provider: "sops", secretRef: { name: flux.decryptionSecret } };

interface Inputs {
  readonly name: string;
  /** In the deploy repository. */
  readonly path: string;
  readonly profile: Profile;
  /** What has to be ready first. */
  readonly after: readonly string[];
  /** Whether a Helm release of the same name is what its health hangs on; else all that it applies. */
  readonly helmRelease: boolean;
  /** Whether it holds what SOPS has encrypted; Flux applies nothing while the key that it then needs is missing. */
  readonly decrypts: boolean;
}

/** The Flux Kustomization of one service. */
export function fluxKustomization({ name, path, profile, after, helmRelease, decrypts }: Inputs): object {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name, namespace: fluxNamespace },
    spec: {
      interval: profile.flux.kustomizationInterval,
      retryInterval: "2m",
      // Above the Helm release's own 15m, so that its verdict is seen.
      timeout: "20m",
      path: `./${path}`,
      prune: true,
      // What a service brought goes with it; namespaces, which volumes are in, are never pruned.
      deletionPolicy: "MirrorPrune",
      sourceRef: { kind: "GitRepository", name: deploySource },
      ...(after.length > 0 && { dependsOn: after.map((other) => ({ name: other })) }),
      ...(decrypts && { decryption }),
      postBuild: { substituteFrom: [{ kind: "ConfigMap", name: siteVariables }] },
      ...(helmRelease
        ? {
            healthChecks: [
              { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", name, namespace: fluxNamespace },
            ],
          }
        : { wait: true }),
    },
  };
}
