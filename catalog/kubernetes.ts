import type { CatalogComponent } from "./component";

/** Images that kubeadm runs as static pods and daemons; `registry.k8s.io` publishes each for both architectures. */
function kubernetes(version: string): CatalogComponent {
  const image = (name: string) => ({ repository: `registry.k8s.io/${name}`, tag: `v${version}` });
  return {
    name: "kubernetes",
    version,
    source: "https://github.com/kubernetes/kubernetes",
    licence: "Apache-2.0",
    architectures: ["amd64", "arm64"],
    images: {
      apiserver: image("kube-apiserver"),
      "controller-manager": image("kube-controller-manager"),
      scheduler: image("kube-scheduler"),
      proxy: image("kube-proxy"),
    },
    chart: undefined,
  };
}

/** The default of Kubespray v2.30.0 and that of v2.31.0 (`kubelet_checksums` in `kubespray_defaults/vars`). */
export const kubernetesVersions: readonly CatalogComponent[] = ["1.34.3", "1.35.4"].map(kubernetes);
