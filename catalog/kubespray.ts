import type { CatalogComponent } from "./component";

/** What a Kubespray tag installs and which Kubernetes versions it can install. */
export interface KubesprayTag {
  /** Such as `v2.31.0`. */
  readonly tag: string;
  /** Lowest and highest Kubernetes version with a checksum for both architectures; both ends included. */
  readonly kubernetes: { readonly min: string; readonly max: string };
  /** Versions by component name that do not depend on the Kubernetes version. */
  readonly pins: Readonly<Record<string, string>>;
  /** Versions by component name, by Kubernetes minor version such as `1.35`. */
  readonly pinsByMinor: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

// Read in kubernetes-sigs/kubespray at each tag: roles/kubespray_defaults/vars/main/{main,checksums}.yml and
// defaults/main/download.yml (`*_supported_versions`, and the first key of each checksum table for amd64).
export const kubesprayTags: readonly KubesprayTag[] = [
  {
    tag: "v2.30.0",
    kubernetes: { min: "1.32.0", max: "1.34.3" },
    pins: {
      containerd: "2.2.1",
      calico: "3.30.6",
      "kube-vip": "1.0.3",
      "local-path-provisioner": "0.0.32",
      nginx: "1.28.0",
      nodelocaldns: "1.25.0",
      "metrics-server": "0.8.0",
    },
    pinsByMinor: {
      "1.34": { etcd: "3.5.26", coredns: "1.12.1", pause: "3.10.1" },
      "1.33": { etcd: "3.5.26", coredns: "1.12.0", pause: "3.10" },
      "1.32": { etcd: "3.5.26", coredns: "1.11.3", pause: "3.10" },
    },
  },
  {
    tag: "v2.31.0",
    kubernetes: { min: "1.33.0", max: "1.35.4" },
    pins: {
      containerd: "2.2.3",
      calico: "3.31.5",
      "kube-vip": "1.0.3",
      "local-path-provisioner": "0.0.32",
      nginx: "1.28.2",
      nodelocaldns: "1.25.0",
      "metrics-server": "0.8.1",
    },
    pinsByMinor: {
      "1.35": { etcd: "3.6.10", coredns: "1.12.4", pause: "3.10.1" },
      "1.34": { etcd: "3.5.29", coredns: "1.12.1", pause: "3.10.1" },
      "1.33": { etcd: "3.5.29", coredns: "1.12.0", pause: "3.10" },
    },
  },
];

/**
 * Kubespray itself, as the image that its documentation recommends for air-gapped installs. Its RELEASE.md builds that for
 * one platform; the architectures are those of the nodes that it can install.
 */
export const kubesprayVersions: readonly CatalogComponent[] = kubesprayTags.map(({ tag }) => ({
  name: "kubespray",
  version: tag,
  source: "https://github.com/kubernetes-sigs/kubespray",
  licence: "Apache-2.0",
  architectures: ["amd64", "arm64"],
  images: { kubespray: { repository: "quay.io/kubespray/kubespray", tag, forDriver: true } },
  chart: undefined,
}));

/** @returns what is known of a Kubespray tag, or undefined if the catalog does not have it. */
export function kubesprayTag(tag: string): KubesprayTag | undefined {
  return kubesprayTags.find((known) => known.tag === tag);
}

/** @returns versions by component name that a Kubespray tag installs for a Kubernetes version; empty if unknown. */
export function kubesprayPins(tag: string, kubernetes: string): Readonly<Record<string, string>> {
  const known = kubesprayTag(tag);
  if (known === undefined) return {};
  const minor = kubernetes.split(".").slice(0, 2).join(".");
  return { ...known.pins, ...known.pinsByMinor[minor] };
}
