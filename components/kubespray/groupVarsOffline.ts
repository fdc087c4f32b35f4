import type { ResolvedSite } from "../../fleet/model";

const files = "{{ files_repo }}";

/**
 * Paths of the files below the mirror: the names of their origins, then what Kubespray's own URLs have. Versions and the
 * architecture stay Kubespray's variables, so that one file serves every architecture of a site and each of its tags.
 *
 * Source: `inventory/sample/group_vars/all/offline.yml` and `kubespray_defaults/defaults/main/download.yml`, v2.31.0.
 */
const paths = {
  kubeadm: "dl.k8s.io/release/v{{ kube_version }}/bin/linux/{{ image_arch }}/kubeadm",
  kubectl: "dl.k8s.io/release/v{{ kube_version }}/bin/linux/{{ image_arch }}/kubectl",
  kubelet: "dl.k8s.io/release/v{{ kube_version }}/bin/linux/{{ image_arch }}/kubelet",
  cni: "github.com/containernetworking/plugins/releases/download/v{{ cni_version }}/cni-plugins-linux-{{ image_arch }}-v{{ cni_version }}.tgz",
  crictl:
    "github.com/kubernetes-sigs/cri-tools/releases/download/v{{ crictl_version }}/crictl-v{{ crictl_version }}-{{ ansible_system | lower }}-{{ image_arch }}.tar.gz",
  etcd: "github.com/etcd-io/etcd/releases/download/v{{ etcd_version }}/etcd-v{{ etcd_version }}-linux-{{ image_arch }}.tar.gz",
  calicoctl:
    "github.com/projectcalico/calico/releases/download/v{{ calico_ctl_version }}/calicoctl-linux-{{ image_arch }}",
  calico_crds: "github.com/projectcalico/calico/raw/v{{ calico_version }}/manifests/crds.yaml",
  helm: "get.helm.sh/helm-v{{ helm_version }}-linux-{{ image_arch }}.tar.gz",
  runc: "github.com/opencontainers/runc/releases/download/v{{ runc_version }}/runc.{{ image_arch }}",
  containerd:
    "github.com/containerd/containerd/releases/download/v{{ containerd_version }}/containerd-{{ 'static-' if containerd_static_binary }}{{ containerd_version }}-linux-{{ image_arch }}.tar.gz",
  nerdctl:
    "github.com/containerd/nerdctl/releases/download/v{{ nerdctl_version }}/nerdctl-{{ nerdctl_version }}-{{ ansible_system | lower }}-{{ image_arch }}.tar.gz",
} as const;

/**
 * `group_vars/all/offline.yml`: files come from the bastion and nothing is left to a default that names the internet.
 * Images keep their upstream names, and containerd's mirrors send them to the bastion (docs/adr/0004).
 */
export function offlineVars(site: Pick<ResolvedSite, "bastion">) {
  const { bastion } = site;
  return {
    registry_host: `${bastion.host}:${bastion.registryPort}`,
    files_repo: `http://${bastion.host}:${bastion.filesPort}`,
    // What is switched off here and may be switched on by hand.
    github_url: `${files}/github.com`,
    dl_k8s_io_url: `${files}/dl.k8s.io`,
    storage_googleapis_url: `${files}/storage.googleapis.com`,
    get_helm_url: `${files}/get.helm.sh`,
    ...Object.fromEntries(Object.entries(paths).map(([name, path]) => [`${name}_download_url`, `${files}/${path}`])),
    kube_image_repo: "registry.k8s.io",
    gcr_image_repo: "gcr.io",
    github_image_repo: "ghcr.io",
    docker_image_repo: "docker.io",
    quay_image_repo: "quay.io",
    // A node takes what it lacks itself; the bastion is near, and the first control plane has no room to cache.
    download_run_once: false,
    download_localhost: false,
    download_always_pull: false,
  };
}
