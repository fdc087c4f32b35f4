import type { Release, ResolvedSite } from "../../fleet/model";
import { imagePlan } from "../images/plan";
import { connectionOf } from "./connection";
import type { InventorySite } from "./inventorySite";

/** API server address of sites with several control planes, as Kubespray's `all.yml` wants it. */
const apiPort = 6443;

/** `group_vars/all/all.yml`: connection, API address, names and time. */
export function allVars(site: InventorySite) {
  const { network, bastion } = site;
  // The bastion gives the time while the link is down; the others are asked too while it is up.
  const timeServers = [...new Set([bastion.address, ...network.ntpServers])];
  return {
    ...connectionOf(site),
    // Without it, workers reach the API through a local nginx; with it, kube-vip moves the address.
    ...(network.apiVip === undefined ? {} : { loadbalancer_apiserver: { address: network.apiVip, port: apiPort } }),
    loadbalancer_apiserver_port: apiPort,
    loadbalancer_apiserver_healthcheck_port: 8081,
    disable_host_nameservers: true,
    upstream_dns_servers: [...network.dnsServers],
    ntp_enabled: true,
    ntp_manage_config: true,
    ntp_servers: timeServers.map((server) => `${server} iburst`),
    // A clock that ran free through a long outage is corrected whatever its offset; certificates depend on it.
    ntp_tinker_panic: true,
    ntp_timezone: site.timeZone,
    unsafe_show_logs: false,
    allow_unsupported_distribution_setup: false,
  };
}

/** `group_vars/all/containerd.yml`: pulls go to the bastion and nowhere else. */
export function containerdVars(site: InventorySite, release: Release) {
  return { containerd_registries_mirrors: imagePlan(site, release).mirrors };
}

/** `group_vars/all/etcd.yml`. */
export function etcdVars() {
  return {
    etcd_data_dir: "/var/lib/etcd",
    etcd_deployment_type: "host",
    etcd_events_cluster_enabled: false,
    // Strings in Kubespray's own defaults (etcd_defaults, v2.31.0), so strings here.
    etcd_quota_backend_bytes: "2147483648",
    etcd_compaction_retention: "8",
    // Kubespray's default, -1, keeps every backup for ever and fills a small disk.
    etcd_backup_retention_count: 3,
  };
}

/**
 * `group_vars/all/offline.yml`: files come from the bastion under the names of their origins. Kubespray derives every
 * `*_download_url` from these four, its own versions and each node's architecture. Images keep their upstream names
 * (docs/adr/0004), so no `*_image_repo` is set.
 */
export function offlineVars(site: Pick<ResolvedSite, "bastion">) {
  const { bastion } = site;
  const files = "{{ files_repo }}";
  return {
    registry_host: `${bastion.host}:${bastion.registryPort}`,
    files_repo: `http://${bastion.host}:${bastion.filesPort}`,
    github_url: `${files}/github.com`,
    dl_k8s_io_url: `${files}/dl.k8s.io`,
    storage_googleapis_url: `${files}/storage.googleapis.com`,
    get_helm_url: `${files}/get.helm.sh`,
    // A node takes what it lacks itself; the bastion is near, and the first control plane has no room to cache.
    download_run_once: false,
    download_localhost: false,
    download_always_pull: false,
  };
}
