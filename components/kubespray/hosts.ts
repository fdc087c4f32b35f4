import type { ResolvedSite, SiteNode } from "../../fleet/model";
import { ComponentArgumentError } from "../argumentError";
import type { InventorySite } from "./inventorySite";

type Members = Readonly<Record<string, Record<string, never>>>;

/** Variables of one host in the inventory. */
export interface HostVariables {
  readonly ansible_host: string;
  readonly ip: string;
  readonly access_ip: string;
  /** Only for members of etcd; from the name, so that it survives a change of order. */
  readonly etcd_member_name?: string;
}

/** `inventory/hosts.yaml` in Ansible's YAML form. */
export interface Inventory {
  readonly all: {
    readonly hosts: Readonly<Record<string, HostVariables>>;
    readonly children: {
      readonly kube_control_plane: { readonly hosts: Members };
      readonly etcd: { readonly hosts: Members };
      readonly kube_node: { readonly hosts: Members };
      readonly k8s_cluster: { readonly children: Members };
    };
  };
}

/** @returns the site's nodes with the role, in the order of the site's file. */
export function nodesWith(site: Pick<ResolvedSite, "nodes">, role: SiteNode["roles"][number]): readonly SiteNode[] {
  return site.nodes.filter((node) => node.roles.includes(role));
}

/**
 * Groups the nodes as Kubespray expects them. Their order is that of the site's file, because Kubespray treats the
 * first control plane in a special way: a new one is added at the end.
 *
 * A control plane that is in `kube_node` too gets no taint (`kubeadm-config` template), which is how a single node
 * carries workloads.
 * @param controlPlaneWorks whether control planes carry workloads even without the role `worker`.
 * @throws ComponentArgumentError `EDGE-COMPONENT-010` if there is no control plane, an even number of them, nothing
 * that can carry workloads, or several control planes without a virtual address.
 */
export function inventoryOf(site: InventorySite, controlPlaneWorks: boolean): Inventory {
  const controlPlanes = nodesWith(site, "control-plane");
  const workers = site.nodes.filter(
    (node) => node.roles.includes("worker") || (controlPlaneWorks && node.roles.includes("control-plane")),
  );
  if (controlPlanes.length % 2 === 0) {
    refuse(site, "nodes", `${controlPlanes.length} control planes; etcd needs an odd number`, "Have one or three");
  }
  if (workers.length === 0) {
    refuse(site, "nodes", "no node can carry workloads", `Give a node the role "worker"`);
  }
  if (controlPlanes.length > 1 && site.network.apiVip === undefined && site.network.apiLoadBalancer !== "local") {
    const message = `undefined, with ${controlPlanes.length} control planes`;
    refuse(
      site,
      "network.apiVip",
      message,
      "Give an unused address of the node CIDR, for kube-vip, or take the local load balancer",
    );
  }
  const etcd = new Set(controlPlanes);
  return {
    all: {
      hosts: Object.fromEntries(site.nodes.map((node) => [node.name, hostVariables(node, etcd.has(node))])),
      children: {
        kube_control_plane: { hosts: members(controlPlanes) },
        etcd: { hosts: members(controlPlanes) },
        kube_node: { hosts: members(workers) },
        k8s_cluster: { children: { kube_control_plane: {}, kube_node: {} } },
      },
    },
  };
}

function hostVariables(node: SiteNode, etcd: boolean): HostVariables {
  const variables = { ansible_host: node.address, ip: node.address, access_ip: node.address };
  return etcd ? { ...variables, etcd_member_name: `etcd-${node.name}` } : variables;
}

function members(nodes: readonly SiteNode[]): Members {
  return Object.fromEntries(nodes.map((node) => [node.name, {}]));
}

function refuse(site: InventorySite, path: string, message: string, hint: string): never {
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-010",
    "KubesprayCluster",
    `site ${site.name}, ${path}`,
    message,
    `${hint}, in the site's file`,
  );
}
