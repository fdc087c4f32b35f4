import type { CatalogComponent } from "./component";

/**
 * Local volumes. The helper image prepares and removes directories; Kubespray's default is `busybox:latest`, which a
 * site without internet cannot resolve to one content, so it is pinned here.
 */
export const storageVersions: readonly CatalogComponent[] = [
  {
    name: "local-path-provisioner",
    version: "0.0.32",
    source: "https://github.com/rancher/local-path-provisioner",
    licence: "Apache-2.0 AND GPL-2.0-only",
    architectures: ["amd64", "arm64"],
    images: {
      provisioner: { repository: "docker.io/rancher/local-path-provisioner", tag: "v0.0.32" },
      helper: { repository: "docker.io/library/busybox", tag: "1.37.0" },
    },
    chart: undefined,
  },
];
