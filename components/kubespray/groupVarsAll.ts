import type { Release } from "../../fleet/model";
import { imagePlan } from "../images/plan";
import { connectionOf } from "./connection";
import type { InventorySite } from "./inventorySite";

/** API server address of sites with several control planes, as Kubespray's `all.yml` wants it. */
const apiPort = 6443;

/** `group_vars/all/all.yml`: connection, API address, names and time. */
export function allVars(site: InventorySite) {
  const { network } = site;
  return {
    ...connectionOf(site),
    ...balancerVars(site),
    loadbalancer_apiserver_port: apiPort,
    loadbalancer_apiserver_healthcheck_port: 8081,
    disable_host_nameservers: true,
    upstream_dns_servers: [...network.dnsServers],
    ntp_enabled: true,
    ntp_manage_config: true,
    ntp_package: "chrony",
    ntp_servers: timeServersOf(site).map((server) => `${server} iburst`),
    // A clock that ran free through a long outage is corrected whatever its offset; certificates depend on it.
    ntp_tinker_panic: true,
    ntp_timezone: site.timeZone,
    unsafe_show_logs: false,
    allow_unsupported_distribution_setup: false,
  };
}

/** The bastion gives the time while the link is down; the others are asked too while it is up. */
export function timeServersOf({ bastion, network }: Pick<InventorySite, "bastion" | "network">): readonly string[] {
  return [...new Set([bastion.address, ...network.ntpServers])];
}

/** Either kube-vip moves one address between the control planes, or each worker has a proxy that knows them all. */
function balancerVars({ network: { apiVip } }: InventorySite) {
  return apiVip === undefined
    ? { loadbalancer_apiserver_localhost: true, loadbalancer_apiserver_type: "nginx" }
    : { loadbalancer_apiserver_localhost: false, loadbalancer_apiserver: { address: apiVip, port: apiPort } };
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
