import type { CatalogComponent } from "./component";

const both = ["amd64", "arm64"] as const;

const calico = (version: string): CatalogComponent => ({
  name: "calico",
  version,
  source: "https://github.com/projectcalico/calico",
  licence: "Apache-2.0",
  architectures: both,
  images: {
    node: { repository: "quay.io/calico/node", tag: `v${version}` },
    cni: { repository: "quay.io/calico/cni", tag: `v${version}` },
    "kube-controllers": { repository: "quay.io/calico/kube-controllers", tag: `v${version}` },
  },
  chart: undefined,
});

const coredns = (version: string): CatalogComponent => ({
  name: "coredns",
  version,
  source: "https://github.com/coredns/coredns",
  licence: "Apache-2.0",
  architectures: both,
  images: { coredns: { repository: "registry.k8s.io/coredns/coredns", tag: `v${version}` } },
  chart: undefined,
});

const kubeVip = (version: string): CatalogComponent => ({
  name: "kube-vip",
  version,
  source: "https://github.com/kube-vip/kube-vip",
  licence: "Apache-2.0",
  architectures: both,
  images: { "kube-vip": { repository: "ghcr.io/kube-vip/kube-vip", tag: `v${version}` } },
  chart: undefined,
});

/** Caches names on each node of larger sites; its image has the project's name, k8s-dns-node-cache. */
const nodelocaldns = (version: string): CatalogComponent => ({
  name: "nodelocaldns",
  version,
  source: "https://github.com/kubernetes/dns",
  licence: "Apache-2.0",
  architectures: both,
  images: { "node-cache": { repository: "registry.k8s.io/dns/k8s-dns-node-cache", tag: version } },
  chart: undefined,
});

/** Kubespray's addon, on larger sites. */
const metricsServer = (version: string): CatalogComponent => ({
  name: "metrics-server",
  version,
  source: "https://github.com/kubernetes-sigs/metrics-server",
  licence: "Apache-2.0",
  architectures: both,
  images: { "metrics-server": { repository: "registry.k8s.io/metrics-server/metrics-server", tag: `v${version}` } },
  chart: undefined,
});

/** Repositories as in Kubespray's `kubespray_defaults/defaults/main/download.yml`. */
export const networkVersions: readonly CatalogComponent[] = [
  ...["3.30.6", "3.31.5"].map(calico),
  ...["1.11.3", "1.12.0", "1.12.1", "1.12.4"].map(coredns),
  ...["1.0.3"].map(kubeVip),
  ...["1.25.0"].map(nodelocaldns),
  ...["0.8.0", "0.8.1"].map(metricsServer),
];
