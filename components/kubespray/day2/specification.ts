import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { Architecture, Release, ResolvedSite } from "../../../fleet/model";
import type { Profile } from "../../../profiles/profile";
import type { PlannedFile } from "../../file/plan";
import { isSmall } from "../footprint";

/** A node as the planner sees it. */
export interface SpecifiedNode {
  readonly name: string;
  readonly address: string;
  /** Whether it is in `kube_control_plane` and `etcd`. */
  readonly controlPlane: boolean;
  /** Whether it is in `kube_node`. */
  readonly worker: boolean;
}

/**
 * All that decides which playbooks a cluster needs. Plain data without secrets; it is kept in the stack's state and in
 * the site's journal, and compared with what a later release wants.
 */
export interface ClusterSpecification {
  readonly site: string;
  readonly architecture: Architecture;
  /** Whether the site is small, so that its nodes are taken one at a time. */
  readonly small: boolean;
  /** Without a leading `v`. */
  readonly kubernetes: string;
  /** Kubespray's tag. */
  readonly kubespray: string;
  readonly network: SpecifiedNetwork;
  /** In the order of the site's file: Kubespray treats the first control plane in a special way. */
  readonly nodes: readonly SpecifiedNode[];
  readonly digests: SpecifiedDigests;
}

/** What Kubespray cannot change on a cluster that runs. */
export interface SpecifiedNetwork {
  readonly plugin: string;
  readonly podCidr: string;
  readonly serviceCidr: string;
  /** Virtual address of the API server; null without one. */
  readonly apiVip: string | null;
}

/** Hex SHA-256 over the variables of each concern. */
export interface SpecifiedDigests {
  /** Certificate authority and mirrors as the image path has them; empty while they are not known. */
  readonly imagePath: string;
  /** containerd's mirrors. */
  readonly mirrors: string;
  /** Arguments of the control plane's static pods. */
  readonly controlPlane: string;
  /** Everything else that Kubespray reads. */
  readonly variables: string;
  /** What the node is given before Kubespray: time, names, package sources. */
  readonly preparation: string;
}

/** By path below `inventory/`, or below the site's folder for what is beside it. */
const concerns: Readonly<Record<string, keyof SpecifiedDigests>> = {
  "group_vars/all/containerd.yml": "mirrors",
  "group_vars/k8s_cluster/kube_control_plane.yml": "controlPlane",
  "group_vars/all/edgewave.yml": "preparation",
  "prepare/prepare-nodes.yml": "preparation",
};

/**
 * Variables that say how nodes are reached, or what the specification has in clear: no playbook is needed for the first,
 * and the planner looks at the second by itself.
 */
const elsewhere = /^(ansible_|kube_version$|kube_pods_subnet$|kube_service_addresses$|kube_network_plugin$)/;

/**
 * What a site's cluster shall be.
 * @param files from `inventoryPlan`.
 * @param imagePath digest of the image path; empty while it is not known, as in a first preview.
 */
export function specificationOf(
  site: Pick<ResolvedSite, "name" | "architecture" | "nodes" | "network">,
  release: Pick<Release, "kubernetes" | "kubespray">,
  profile: Profile,
  files: readonly PlannedFile[],
  imagePath: string,
): ClusterSpecification {
  return {
    site: site.name,
    architecture: site.architecture,
    small: isSmall(profile),
    kubernetes: release.kubernetes,
    kubespray: release.kubespray,
    network: {
      plugin: "calico",
      podCidr: site.network.podCidr,
      serviceCidr: site.network.serviceCidr,
      apiVip: site.network.apiVip ?? null,
    },
    nodes: site.nodes.map(({ name, address, roles }) => {
      const controlPlane = roles.includes("control-plane");
      const worker = roles.includes("worker") || (controlPlane && profile.nodes.controlPlaneWorks);
      return { name, address, controlPlane, worker };
    }),
    digests: { imagePath, ...digestsOf(files) },
  };
}

function digestsOf(files: readonly PlannedFile[]): Omit<SpecifiedDigests, "imagePath"> {
  const of = (concern: keyof SpecifiedDigests) => {
    const hash = createHash("sha256");
    for (const { path, content } of files) {
      const relative = path.replace(/^inventory\//, "");
      if (relative === "hosts.yaml" || (concerns[relative] ?? "variables") !== concern) continue;
      hash.update(`${relative}\0${JSON.stringify(decisive(content))}\0`);
    }
    return hash.digest("hex");
  };
  return {
    mirrors: of("mirrors"),
    controlPlane: of("controlPlane"),
    variables: of("variables"),
    preparation: of("preparation"),
  };
}

/** The variables of a file that ask for a playbook when they change; comments and layout do not count. */
function decisive(content: string): unknown {
  const variables = parse(content, { version: "1.1" }) as unknown;
  if (typeof variables !== "object" || variables === null || Array.isArray(variables)) return variables;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !elsewhere.test(name)));
}

/** Whether two specifications ask for the same cluster. */
export function isSame(a: ClusterSpecification, b: ClusterSpecification): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
