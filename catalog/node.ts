import type { CatalogComponent } from "./component";

const both = ["amd64", "arm64"] as const;

// Kubespray installs both as binaries on the node (`etcd_deployment_type: host`), so they bring no images.
const containerd = (version: string): CatalogComponent => ({
  name: "containerd",
  version,
  source: "https://github.com/containerd/containerd",
  licence: "Apache-2.0",
  architectures: both,
  images: {},
  chart: undefined,
});

const etcd = (version: string): CatalogComponent => ({
  name: "etcd",
  version,
  source: "https://github.com/etcd-io/etcd",
  licence: "Apache-2.0",
  architectures: both,
  images: {},
  chart: undefined,
});

const pause = (version: string): CatalogComponent => ({
  name: "pause",
  version,
  source: "https://github.com/kubernetes/kubernetes/tree/master/build/pause",
  licence: "Apache-2.0",
  architectures: both,
  images: { pause: { repository: "registry.k8s.io/pause", tag: version } },
  chart: undefined,
});

/** Local load balancer for the API server on workers (`loadbalancer_apiserver_type: nginx`). */
const nginx = (version: string): CatalogComponent => ({
  name: "nginx",
  version,
  source: "https://github.com/nginx/nginx",
  licence: "BSD-2-Clause",
  architectures: both,
  images: { nginx: { repository: "docker.io/library/nginx", tag: `${version}-alpine` } },
  chart: undefined,
});

/** What Kubespray puts on every node below Kubernetes, at the versions that its tags pin. */
export const nodeVersions: readonly CatalogComponent[] = [
  ...["2.2.1", "2.2.3"].map(containerd),
  ...["3.5.26", "3.5.29", "3.6.10"].map(etcd),
  ...["3.10", "3.10.1"].map(pause),
  ...["1.28.0", "1.28.2"].map(nginx),
];
