import { componentOf } from "../../catalog";
import type { Release } from "../../fleet/model";
import type { Profile } from "../../profiles/profile";
import { mebibytes, millicores, resourcesOf } from "../pods/resources";
import { isSmall } from "./footprint";
import { nodesWith } from "./hosts";
import type { InventorySite } from "./inventorySite";

/** `group_vars/k8s_cluster/k8s-cluster.yml`: versions, networks, reservations. */
export function clusterVars(site: InventorySite, release: Release, profile: Profile) {
  const small = isSmall(profile);
  return {
    kube_version: release.kubernetes,
    kube_network_plugin: "calico",
    kube_network_plugin_multus: false,
    kube_service_addresses: site.network.serviceCidr,
    kube_pods_subnet: site.network.podCidr,
    kube_network_node_prefix: nodePrefix(site),
    kube_proxy_mode: "ipvs",
    // kube-vip answers ARP for the API address; strict ARP keeps kube-proxy's interface from answering too.
    kube_proxy_strict_arp: site.network.apiVip !== undefined,
    cluster_name: "cluster.local",
    container_manager: "containerd",
    k8s_image_pull_policy: "IfNotPresent",
    ...dnsVars(profile, small),
    ...reservationVars(profile),
    kubelet_logfiles_max_nr: small ? 3 : 5,
    kubelet_logfiles_max_size: "10Mi",
    kubelet_image_gc_high_threshold: 80,
    kubelet_image_gc_low_threshold: 70,
    kubeconfig_localhost: true,
    supplementary_addresses_in_ssl_keys: apiNames(site),
    node_labels: {
      "topology.kubernetes.io/region": site.region,
      "edgewave.dev/site": site.name,
      "edgewave.dev/profile": profile.name,
    },
    ...kubeVipVars(site),
  };
}

/** `group_vars/k8s_cluster/kube_control_plane.yml`: certificates, encryption, audit and admission. */
export function controlPlaneVars(profile: Profile) {
  return {
    // Kubernetes' own certificates last a year; a site may be out of reach when they end.
    auto_renew_certificates: true,
    kube_encrypt_secret_data: true,
    kube_encryption_algorithm: "secretbox",
    kubernetes_audit: true,
    audit_log_maxage: 30,
    audit_log_maxbackups: isSmall(profile) ? 3 : 10,
    audit_log_maxsize: isSmall(profile) ? 50 : 100,
    event_ttl_duration: "1h0m0s",
    tls_min_version: "VersionTLS12",
    // No AlwaysPullImages: with it, no pod starts again while the bastion's registry is down.
    kube_apiserver_enable_admission_plugins: ["NodeRestriction", "EventRateLimit", "PodSecurity"],
    kube_apiserver_admission_control_config_file: true,
    kube_apiserver_admission_event_rate_limits: {
      namespaces: { type: "Namespace", qps: 50, burst: 100, cache_size: 2000 },
      users: { type: "User", qps: 50, burst: 100 },
    },
    kube_pod_security_use_default: true,
    kube_pod_security_default_enforce: "baseline",
    kube_pod_security_default_audit: "restricted",
    kube_pod_security_default_warn: "restricted",
    // The provisioner's helper pods mount paths of the host.
    kube_pod_security_exemptions_namespaces: ["kube-system", "local-path-storage"],
    ...(isSmall(profile)
      ? {
          kube_kubeadm_apiserver_extra_args: {
            "max-requests-inflight": "200",
            "max-mutating-requests-inflight": "100",
          },
        }
      : {}),
  };
}

/** `group_vars/k8s_cluster/addons.yml`: what Flux delivers is off here. */
export function addonVars(release: Release, profile: Profile) {
  const helper = componentOf(release, "local-path-provisioner").images["helper"];
  const provisioner = profile.workloads["local-path-provisioner"];
  return {
    helm_enabled: false,
    registry_enabled: false,
    metrics_server_enabled: !isSmall(profile),
    cert_manager_enabled: false,
    metallb_enabled: false,
    gateway_api_enabled: false,
    local_path_provisioner_enabled: provisioner !== undefined,
    local_path_provisioner_claim_root: "/opt/local-path-provisioner/",
    // Kubespray's default is busybox:latest.
    ...(helper && {
      local_path_provisioner_helper_image_repo: helper.repository,
      local_path_provisioner_helper_image_tag: helper.tag,
    }),
    ...(provisioner && { local_path_provisioner_resources: resourcesOf(provisioner) }),
  };
}

/** `group_vars/k8s_cluster/k8s-net-calico.yml`. */
export function calicoVars(profile: Profile) {
  const calico = profile.workloads.calico;
  return {
    calico_cni_name: "k8s-pod-network",
    calico_pool_blocksize: 26,
    calico_network_backend: "vxlan",
    calico_vxlan_mode: "Always",
    calico_ipip_mode: "Never",
    typha_enabled: false,
    ...(calico && {
      calico_node_cpu_requests: millicores(calico.requests.cpuMillis),
      calico_node_memory_requests: mebibytes(calico.requests.memoryMiB),
      calico_node_cpu_limit: millicores(calico.limits.cpuMillis),
      calico_node_memory_limit: mebibytes(calico.limits.memoryMiB),
    }),
  };
}

function dnsVars(profile: Profile, small: boolean) {
  const coredns = profile.workloads.coredns;
  return {
    dns_mode: "coredns",
    resolvconf_mode: "host_resolvconf",
    // 70 MiB on each node for a cache that one or two nodes do not need.
    enable_nodelocaldns: !small,
    // The profile's budget counts the replicas, so nothing else may.
    enable_dns_autoscaler: false,
    ...(coredns && {
      coredns_replicas: coredns.replicas,
      dns_cpu_requests: millicores(coredns.requests.cpuMillis),
      dns_memory_requests: mebibytes(coredns.requests.memoryMiB),
      dns_cpu_limit: millicores(coredns.limits.cpuMillis),
      dns_memory_limit: mebibytes(coredns.limits.memoryMiB),
    }),
  };
}

function reservationVars({ reserved }: Profile) {
  return {
    // The amounts below hold in any case; `true` would move kubelet and containerd into a slice of their own.
    kube_reserved: false,
    kube_cpu_reserved: millicores(reserved.kube.cpuMillis),
    kube_memory_reserved: mebibytes(reserved.kube.memoryMiB),
    system_reserved: false,
    system_cpu_reserved: millicores(reserved.system.cpuMillis),
    system_memory_reserved: mebibytes(reserved.system.memoryMiB),
    kubelet_enforce_node_allocatable: "pods",
    eviction_hard: {
      "memory.available": mebibytes(reserved.evictionMemoryMiB),
      "nodefs.available": "10%",
      "nodefs.inodesFree": "5%",
      "imagefs.available": "10%",
    },
  };
}

function kubeVipVars(site: InventorySite) {
  if (site.network.apiVip === undefined) return { kube_vip_enabled: false };
  return {
    kube_vip_enabled: true,
    kube_vip_arp_enabled: true,
    kube_vip_controlplane_enabled: true,
    kube_vip_address: site.network.apiVip,
    kube_vip_services_enabled: false,
    kube_vip_lb_enable: false,
  };
}

/** What the API server's certificate must be valid for beside its nodes: the virtual address, DNS, the bastion. */
function apiNames(site: InventorySite): readonly string[] {
  const vip = site.network.apiVip;
  return [...(vip === undefined ? [] : [vip]), `api.${site.domain}`, site.bastion.host, site.bastion.address];
}

/** Kubespray's default of 24, or as much as the pod CIDR leaves for each node. */
function nodePrefix(site: InventorySite): number {
  const prefix = Number(site.network.podCidr.split("/")[1]);
  const nodes = Math.max(site.nodes.length, nodesWith(site, "control-plane").length);
  return Math.max(24, prefix + Math.ceil(Math.log2(nodes)));
}
