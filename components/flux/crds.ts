/**
 * The kinds of Flux 2.8 and 2.9, written here because Flux publishes their definitions only as files of its releases.
 * They carry the names, the subresources, and the defaults that the controllers rely on; what a field may hold beyond
 * that the controllers check themselves, so unknown fields are kept and not judged.
 */
export interface FluxKind {
  readonly group: `${"source" | "kustomize" | "helm" | "notification"}.toolkit.fluxcd.io`;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly category: string;
  /** Fields of `spec` that must be there. */
  readonly required: readonly string[];
  /** Defaults by path in `spec`, such as `verify.mode`; an object on the way must exist for the default to act. */
  readonly defaults: Readonly<Record<string, string | boolean>>;
  /** Whether the controller writes a status. */
  readonly status: boolean;
}

const source = { group: "source.toolkit.fluxcd.io", version: "v1", category: "fluxcd-sources", status: true } as const;
const applier = { category: "fluxcd-appliers", status: true } as const;
const notification = {
  group: "notification.toolkit.fluxcd.io",
  shortNames: [],
  category: "fluxcd-notifications",
} as const;

/** Kinds by the controller that reconciles them. */
export const fluxKinds: Readonly<Record<"source" | "kustomize" | "helm" | "notification", readonly FluxKind[]>> = {
  source: [
    {
      ...source,
      kind: "GitRepository",
      plural: "gitrepositories",
      shortNames: ["gitrepo"],
      required: ["interval", "url"],
      defaults: { timeout: "60s", "verify.mode": "HEAD" },
    },
    {
      ...source,
      kind: "OCIRepository",
      plural: "ocirepositories",
      shortNames: ["ocirepo"],
      required: ["interval", "url"],
      defaults: { provider: "generic", timeout: "60s", "verify.provider": "cosign" },
    },
    {
      ...source,
      kind: "HelmRepository",
      plural: "helmrepositories",
      shortNames: ["helmrepo"],
      required: ["url"],
      defaults: { provider: "generic" },
    },
    {
      ...source,
      kind: "HelmChart",
      plural: "helmcharts",
      shortNames: ["hc"],
      required: ["chart", "interval", "sourceRef"],
      defaults: { reconcileStrategy: "ChartVersion", version: "*", "verify.provider": "cosign" },
    },
    {
      ...source,
      kind: "Bucket",
      plural: "buckets",
      shortNames: [],
      required: ["bucketName", "endpoint", "interval"],
      defaults: { provider: "generic", timeout: "60s" },
    },
    {
      ...source,
      kind: "ExternalArtifact",
      plural: "externalartifacts",
      shortNames: ["ea"],
      required: [],
      defaults: {},
    },
  ],
  kustomize: [
    {
      ...applier,
      group: "kustomize.toolkit.fluxcd.io",
      version: "v1",
      kind: "Kustomization",
      plural: "kustomizations",
      shortNames: ["ks"],
      required: ["interval", "prune", "sourceRef"],
      defaults: { force: false },
    },
  ],
  helm: [
    {
      ...applier,
      group: "helm.toolkit.fluxcd.io",
      version: "v2",
      kind: "HelmRelease",
      plural: "helmreleases",
      shortNames: ["hr"],
      required: ["interval"],
      defaults: {
        "chart.spec.reconcileStrategy": "ChartVersion",
        "chart.spec.version": "*",
        "chart.spec.verify.provider": "cosign",
        "uninstall.deletionPropagation": "background",
      },
    },
  ],
  notification: [
    {
      ...notification,
      version: "v1",
      kind: "Receiver",
      plural: "receivers",
      required: ["resources", "type"],
      defaults: { interval: "10m" },
      status: true,
    },
    {
      ...notification,
      version: "v1beta3",
      kind: "Alert",
      plural: "alerts",
      required: ["eventSources", "providerRef"],
      defaults: { eventSeverity: "info" },
      status: false,
    },
    {
      ...notification,
      version: "v1beta3",
      kind: "Provider",
      plural: "providers",
      required: ["type"],
      defaults: {},
      status: false,
    },
  ],
};
