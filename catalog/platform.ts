import type { CatalogComponent } from "./component";

const both = ["amd64", "arm64"] as const;

/** `defaultRegistry: reg.kyverno.io` in the chart's values. */
const kyverno = (version: string, app: string): CatalogComponent => {
  const image = (name: string) => ({ repository: `reg.kyverno.io/kyverno/${name}`, tag: app });
  return {
    name: "kyverno",
    version,
    source: "https://github.com/kyverno/kyverno",
    licence: "Apache-2.0",
    architectures: both,
    images: {
      kyverno: image("kyverno"),
      kyvernopre: image("kyvernopre"),
      "background-controller": image("background-controller"),
      "cleanup-controller": image("cleanup-controller"),
      "reports-controller": image("reports-controller"),
    },
    chart: {
      repository: "https://kyverno.github.io/kyverno/",
      name: "kyverno",
      version,
      sizes: [
        ["admissionController", "container", "resources"],
        ["admissionController", "initContainer", "resources"],
        ["backgroundController", "resources"],
        ["cleanupController", "resources"],
        ["reportsController", "resources"],
      ],
    },
  };
};

const certManager = (version: string): CatalogComponent => {
  const image = (name: string) => ({ repository: `quay.io/jetstack/cert-manager-${name}`, tag: version });
  return {
    name: "cert-manager",
    version,
    source: "https://github.com/cert-manager/cert-manager",
    licence: "Apache-2.0",
    architectures: both,
    images: {
      controller: image("controller"),
      webhook: image("webhook"),
      cainjector: image("cainjector"),
      startupapicheck: image("startupapicheck"),
    },
    chart: {
      repository: "https://charts.jetstack.io",
      name: "cert-manager",
      version,
      sizes: [["resources"], ["webhook", "resources"], ["cainjector", "resources"]],
    },
  };
};

const velero = (version: string, app: string): CatalogComponent => ({
  name: "velero",
  version,
  source: "https://github.com/vmware-tanzu/velero",
  licence: "Apache-2.0",
  architectures: both,
  images: {
    velero: { repository: "docker.io/velero/velero", tag: app },
    "plugin-for-aws": { repository: "docker.io/velero/velero-plugin-for-aws", tag: "v1.14.2" },
  },
  chart: {
    repository: "https://vmware-tanzu.github.io/helm-charts",
    name: "velero",
    version,
    sizes: [["resources"], ["nodeAgent", "resources"]],
  },
});

/** The chart's own tag is `latest`; the application version that goes with it is pinned here instead. */
const versitygw = (version: string, app: string): CatalogComponent => ({
  name: "versitygw",
  version,
  source: "https://github.com/versity/versitygw",
  licence: "Apache-2.0",
  architectures: both,
  images: { versitygw: { repository: "ghcr.io/versity/versitygw", tag: app } },
  chart: { repository: "oci://ghcr.io/versity/versitygw/charts", name: "versitygw", version, sizes: [["resources"]] },
});

/** Policy, certificates and backup; versions are the charts'. */
export const platformVersions: readonly CatalogComponent[] = [
  kyverno("3.8.2", "v1.18.2"),
  kyverno("3.9.0", "v1.19.0"),
  certManager("v1.20.3"),
  certManager("v1.21.1"),
  velero("12.0.3", "v1.18.1"),
  velero("12.1.0", "v1.18.1"),
  versitygw("0.3.5", "v1.7.0"),
];
