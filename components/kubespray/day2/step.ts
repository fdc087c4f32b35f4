import type { ClusterSpecification, SpecifiedNode } from "./specification";

/** Playbooks by the names that they have in Kubespray, and edgewave's own, which comes before them. */
export type Playbook =
  | "prepare-nodes.yml"
  | "cluster.yml"
  | "playbooks/facts.yml"
  | "scale.yml"
  | "remove-node.yml"
  | "upgrade-cluster.yml"
  | "reset.yml";

/** One run of one playbook. */
export interface Step {
  readonly playbook: Playbook;
  /** Why it is run, for people. */
  readonly reason: string;
  /** Who is in the inventory: a node that is removed is still in it, one that joins later is not yet. */
  readonly inventory: readonly SpecifiedNode[];
  /** Names for `--limit`; empty for all. */
  readonly limit: readonly string[];
  /** For `--tags`; empty for all. */
  readonly tags: readonly string[];
  /** Extra variables, which win over the inventory's. */
  readonly variables: Readonly<Record<string, string | number | boolean>>;
  /** What the cluster is known to be once the step is done; null while it is none yet. */
  readonly result: ClusterSpecification | null;
}

/** Why there is no sequence of steps, with the way out. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What differs, with both values. */
  readonly what: string;
}

export const refusalTexts = {
  "EDGE-DAY2-001":
    "Keep it first, or rebuild: `edgewave site destroy SITE --nodes reset --yes`, then run the site again",
  "EDGE-DAY2-002": "Have an odd number of control planes: add or remove another one",
  "EDGE-DAY2-003": "Write the version that the site has, or a newer one; Kubernetes and etcd do not go back",
  "EDGE-DAY2-004": "Take the site through a release with the minor version between them first",
  "EDGE-DAY2-005":
    "Write back what the cluster was made with, or rebuild: `edgewave site destroy SITE --nodes reset --yes`, then run the site again",
  "EDGE-DAY2-006": "Remove the node in one change and add it under a new name in the next",
  "EDGE-DAY2-007": "Finish that first: write back what it was to become, run the site, then make this change",
  "EDGE-DAY2-008": "Remove the nodes with the release that the site has, then upgrade",
  "EDGE-DAY2-009": "Replace one control plane at a time, with the release that the site has; upgrade when that is done",
} as const;
export type RefusalCode = keyof typeof refusalTexts;

/** A refusal as one sentence for people. */
export function refusalText({ code, what }: Refusal): string {
  return `${code} ${what}. ${refusalTexts[code]}`;
}

/** A step as one line for people, such as `scale.yml --limit porto-worker-2: porto-worker-2 joins`. */
export function stepText({ playbook, limit, tags, variables, reason }: Step): string {
  const words = [
    playbook,
    ...(limit.length === 0 ? [] : ["--limit", limit.join(",")]),
    ...(tags.length === 0 ? [] : ["--tags", tags.join(",")]),
    ...Object.entries(variables)
      .filter(([name]) => name !== "skip_confirmation")
      .map(([name, value]) => `-e ${name}=${value}`),
  ];
  return `${words.join(" ")}: ${reason}`;
}
