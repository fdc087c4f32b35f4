import type { Release } from "../../fleet/model";
import { chartReference } from "../../catalog";
import { imagePins } from "./chartImages";
import { flux } from "../../components/flux/address";
import { type ChartService, type ValueLayer, valueLayers, valuesName } from "./service";

/** Where all Flux objects live, so that nothing has to refer across namespaces. */
export const fluxNamespace = flux.namespace;

/** The GitRepository that follows the branch `deploy`. */
export const deploySource = "deploy";

/** The ConfigMap in each overlay that holds what the base leaves open as `${...}`. */
export const siteVariables = "site";

/** The Flux Kustomization of what overrides add. */
export const addedService = "added";

/** Secret with `ca.crt`, by which Flux trusts the bastion's registry. */
export const registryAuthority = "bastion-ca";

/** The service's namespace. Flux never prunes it: the volumes in it outlive a service that is switched off. */
export function namespaceObject({ namespace, podSecurity }: ChartService): object {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: namespace,
      labels: { "pod-security.kubernetes.io/enforce": podSecurity },
      annotations: { "kustomize.toolkit.fluxcd.io/prune": "disabled" },
    },
  };
}

/** Where the chart comes from: an OCI artifact in the bastion's registry, by digest if the release is locked. */
export function chartSource(service: ChartService, release: Release): object {
  const { location, tag, digest } = chartReference(release, service.component);
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "OCIRepository",
    metadata: { name: service.name, namespace: fluxNamespace },
    spec: {
      interval: "${source_interval}",
      url: `oci://\${bastion_registry}/${location}`,
      // Flux pulls by the digest where there is one; the tag is for people.
      ref: { ...(digest !== undefined && { digest }), tag },
      layerSelector: { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "copy" },
      certSecretRef: { name: registryAuthority },
    },
  };
}

/** The Helm release. A failed install or upgrade is tried again where it stands, because no one is there to help. */
export function helmRelease(service: ChartService, release: Release): object {
  const { name, namespace } = service;
  const images = imagePins(release, service.component);
  // Images last, so that what is patched in has its digest too.
  const postRenderers = [
    ...(service.postRenderers?.(release) ?? []),
    ...(images.length === 0 ? [] : [{ kustomize: { images } }]),
  ];
  const retry = { name: "RetryOnFailure", retryInterval: "5m" };
  return {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name, namespace: fluxNamespace },
    spec: {
      interval: "${interval}",
      chartRef: { kind: "OCIRepository", name },
      releaseName: name,
      targetNamespace: namespace,
      storageNamespace: namespace,
      timeout: "15m",
      maxHistory: 3,
      install: { crds: "CreateReplace", strategy: retry },
      upgrade: { crds: "CreateReplace", strategy: retry },
      driftDetection: { mode: "enabled" },
      ...(postRenderers.length > 0 && { postRenderers }),
      valuesFrom: valueLayers.map((layer) => ({
        kind: "ConfigMap",
        name: valuesName(name, layer),
        valuesKey: "values.yaml",
        ...(layer === "site" && { optional: true }),
      })),
    },
  };
}

/** A kustomization.yaml. */
export function kustomization(parts: {
  readonly resources?: readonly string[];
  readonly configMapGenerator?: readonly object[];
  readonly patches?: readonly object[];
}): object {
  return { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", ...parts };
}

/** A generator of the ConfigMap that carries one layer of a service's values from a file. */
export function valuesGenerator(service: string, layer: ValueLayer, file: string): object {
  return {
    name: valuesName(service, layer),
    namespace: fluxNamespace,
    files: [`values.yaml=${file}`],
    options: {
      // The HelmRelease names it, and kustomize does not follow that name.
      disableNameSuffixHash: true,
      // helm-controller upgrades as soon as it changes.
      labels: { "reconcile.fluxcd.io/watch": "Enabled" },
      // Values have `$` and `${}` of their own.
      annotations: { "kustomize.toolkit.fluxcd.io/substitute": "disabled" },
    },
  };
}
