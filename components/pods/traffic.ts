import type { ResolvedSite } from "../../fleet/model";

/** Peers and ports of network policies that several parts of the platform need. */

export const tcp = (port: number) => ({ protocol: "TCP", port });

/** Pods of a namespace, all or those with the labels. */
export function pods(namespace: string, matchLabels?: Record<string, string>) {
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": namespace } };
  return matchLabels === undefined ? { namespaceSelector } : { namespaceSelector, podSelector: { matchLabels } };
}

/** Pods of the policy's own namespace with the labels. */
export const neighbours = (matchLabels: Record<string, string>) => ({ podSelector: { matchLabels } });

/** The site's API servers, as pods reach them once their service's address is translated. */
export function toApiServers({ nodes, network }: Pick<ResolvedSite, "nodes" | "network">) {
  const addresses = [
    ...nodes.filter(({ roles }) => roles.includes("control-plane")).map(({ address }) => address),
    ...(network.apiVip === undefined ? [] : [network.apiVip]),
  ].sort();
  return { to: addresses.map((address) => ({ ipBlock: { cidr: `${address}/32` } })), ports: [tcp(6443)] };
}

/** Every address that is not one of the site's pods or services. */
export function outside(network: { readonly podCidr: string; readonly serviceCidr: string }) {
  return { ipBlock: { cidr: "0.0.0.0/0", except: [network.podCidr, network.serviceCidr] } };
}

/** Address of Kubespray's node-local DNS cache, which runs in the node's network. */
const nodeLocalDns = "169.254.25.10/32";

/** Egress to the cluster's DNS. */
export function toDns() {
  return {
    to: [pods("kube-system", { "k8s-app": "kube-dns" }), { ipBlock: { cidr: nodeLocalDns } }],
    ports: [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ],
  };
}
