import type { CodeText } from "./codeText";

/** Addresses and address ranges. */
export const networkCodes = {
  "EDGE-NET-001": {
    title: "An address range is wrong",
    why: "A range is written by its first address; any other address hides which range is meant.",
    fix: "Write the first address of the range and the prefix length.",
    severity: "error",
  },
  "EDGE-NET-002": {
    title: "Address ranges of a site overlap",
    why: "Packets for one range would be routed into the other.",
    fix: "Choose ranges that do not overlap.",
    severity: "error",
  },
  "EDGE-NET-003": {
    title: "Node ranges of two sites overlap",
    why: "The hub could not route to both sites, and an address would not tell which site it belongs to.",
    fix: "Give each site a node range of its own.",
    severity: "error",
  },
  "EDGE-NET-004": {
    title: "An address is outside the site's node range",
    why: "Nodes, gateway, bastion and API address must reach each other without a router.",
    fix: "Use an address of the node range that is neither its first nor its last.",
    severity: "error",
  },
  "EDGE-NET-005": {
    title: "An address is used twice",
    why: "Two machines with one address take each other off the network.",
    fix: "Give each its own address.",
    severity: "error",
  },
  "EDGE-NET-006": {
    title: "The pod range is too small",
    why: "Each node takes a /24 of it (Kubespray's kube_network_node_prefix).",
    fix: "Use a shorter prefix for podCidr.",
    severity: "error",
  },
  "EDGE-NET-007": {
    title: "The API address is missing",
    why: "With several control planes clients need one address that moves to a living one (kube-vip).",
    fix: "Add spec.network.apiVip, a free address of the node range, or set spec.network.apiLoadBalancer to local.",
    severity: "error",
  },
  "EDGE-NET-008": {
    title: "The API address is not used",
    why: "With one control plane, or a proxy on each worker, there is nothing that it could move to.",
    fix: "Remove spec.network.apiVip.",
    severity: "warning",
  },
} as const satisfies Record<string, CodeText>;
