import fc from "fast-check";
import type { ClusterSpecification, SpecifiedNode } from "../../../../components/kubespray/day2/specification";
import type { Step } from "../../../../components/kubespray/day2/step";
import { compareVersions } from "../../../../fleet/versions";

const member = (name: string, address: string): SpecifiedNode => ({
  name,
  address,
  controlPlane: true,
  worker: false,
});
const worker = (name: string, address: string): SpecifiedNode => ({
  name,
  address,
  controlPlane: false,
  worker: true,
});

/** One control plane and one worker, unless overridden. */
export function aSpecification(overrides: Partial<ClusterSpecification> = {}): ClusterSpecification {
  return {
    site: "porto",
    architecture: "amd64",
    small: true,
    kubernetes: "1.34.3",
    kubespray: "v2.30.0",
    network: { plugin: "calico", podCidr: "172.20.0.0/16", serviceCidr: "172.21.0.0/16", apiVip: null },
    nodes: [controlPlane(1), workerNode(1)],
    digests: { imagePath: "i1", mirrors: "m1", controlPlane: "c1", variables: "v1", preparation: "p1" },
    ...overrides,
  };
}

export function controlPlane(number: number): SpecifiedNode {
  return member(`porto-cp-${number}`, `10.100.0.${10 + number}`);
}

export function workerNode(number: number): SpecifiedNode {
  return worker(`porto-worker-${number}`, `10.100.0.${20 + number}`);
}

/** Specifications of one site that its checks would let pass, close enough that a way between two is not rare. */
export const specifications: fc.Arbitrary<ClusterSpecification> = fc
  .record({
    kubernetes: fc.constantFrom("1.33.7", "1.34.1", "1.34.3", "1.35.4"),
    kubespray: fc.constantFrom("v2.30.0", "v2.31.0"),
    small: fc.boolean(),
    members: fc.constantFrom([1], [1, 2, 3], [1, 2, 4], [1, 3, 2], [1, 4, 5], [2, 1, 3], [1, 2, 3, 4, 5]),
    workers: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
    podCidr: fc.oneof({ weight: 12, arbitrary: fc.constant("172.20.0.0/16") }, fc.constant("172.30.0.0/16")),
    digests: fc.record({
      imagePath: fc.constantFrom("i1", "i2"),
      mirrors: fc.constantFrom("m1", "m2"),
      controlPlane: fc.constantFrom("c1", "c2"),
      variables: fc.constantFrom("v1", "v2"),
      preparation: fc.constantFrom("p1", "p2"),
    }),
  })
  .map(({ members, workers, podCidr, ...rest }) =>
    aSpecification({
      ...rest,
      network: { ...aSpecification().network, podCidr },
      nodes: [...members.map(controlPlane), ...workers.map(workerNode)],
    }),
  );

/**
 * Kubespray as its documentation has it (docs/operations/nodes.md and upgrades.md, v2.31.0): what each playbook does to a
 * cluster, and what it asserts. It knows nothing of the planner.
 */
export class ModelCluster {
  members: Map<string, SpecifiedNode> = new Map();
  digests = new Map<string, Record<string, string>>();
  kubernetes: string | undefined;
  kubespray: string | undefined;
  private factsOfAll = false;

  constructor(applied: ClusterSpecification | null) {
    if (applied === null) return;
    this.members = new Map(applied.nodes.map((node) => [node.name, node]));
    for (const { name } of applied.nodes) this.digests.set(name, { ...applied.digests });
    this.kubernetes = applied.kubernetes;
    this.kubespray = applied.kubespray;
  }

  run(step: Step, wanted: ClusterSpecification, dead: ReadonlySet<string>): void {
    const { playbook, inventory, limit, tags, variables } = step;
    const names = inventory.map(({ name }) => name);
    const etcd = inventory.filter((node) => node.controlPlane);
    this.must(
      limit.every((name) => names.includes(name)),
      "limits to nodes of the inventory",
    );
    if (playbook !== "prepare-nodes.yml") this.must(etcd.length % 2 === 1, "has an odd number of etcd members");
    const addressed =
      playbook === "remove-node.yml" ? String(variables["node"]).split(",") : limit.length > 0 ? limit : names;
    const ungraceful = variables["reset_nodes"] === false && variables["allow_ungraceful_removal"] === true;
    if (!ungraceful) for (const name of addressed) this.must(!dead.has(name), `reaches ${name}`);
    switch (playbook) {
      case "prepare-nodes.yml":
        for (const name of names) this.configure(name, { preparation: wanted.digests.preparation });
        return;
      case "playbooks/facts.yml":
        this.factsOfAll = limit.length === 0;
        return;
      case "cluster.yml":
        if (tags.length > 0) {
          this.must(tags.join() === "containerd", "knows the tag");
          const { mirrors, imagePath } = wanted.digests;
          for (const name of names) this.configure(name, { mirrors, imagePath });
          return;
        }
        this.wholeInventory(inventory);
        this.must(
          this.kubernetes === undefined || this.kubernetes === wanted.kubernetes,
          "does not upgrade by cluster.yml",
        );
        this.kubernetes = wanted.kubernetes;
        this.kubespray = wanted.kubespray;
        for (const node of inventory) this.join(node, wanted, variables["upgrade_cluster_setup"] === true);
        return;
      case "scale.yml":
        this.must(limit.length > 0 && this.factsOfAll, "has facts of all nodes");
        this.must(this.kubernetes === wanted.kubernetes, "adds nodes at the wanted version");
        for (const node of inventory.filter(({ name }) => limit.includes(name))) {
          this.must(!node.controlPlane, "adds workers only");
          this.join(node, wanted, true);
        }
        return;
      case "remove-node.yml":
        this.must(variables["kube_version"] === this.kubernetes, "removes at the version that is there");
        for (const name of addressed) {
          this.must(names.includes(name), "removes a node of the inventory");
          this.must([...this.members.keys()][0] !== name, "keeps the first control plane");
          this.members.delete(name);
          this.digests.delete(name);
        }
        return;
      case "upgrade-cluster.yml": {
        this.wholeInventory(inventory);
        this.must(variables["kube_version"] === wanted.kubernetes, "names the version");
        this.must(!wanted.small || variables["serial"] === 1, "takes a small site's nodes one at a time");
        const [from, to] = [this.kubernetes ?? "", wanted.kubernetes];
        this.must(compareVersions(from, to) <= 0, "does not downgrade");
        this.must(Number(to.split(".")[1]) - Number(from.split(".")[1]) <= 1, "goes up one minor version");
        this.kubernetes = to;
        this.kubespray = wanted.kubespray;
        for (const { name } of inventory) this.configure(name, wanted.digests);
        return;
      }
      case "reset.yml":
        this.must(false, "is not reset");
    }
  }

  /** The cluster's nodes and what each has been given. */
  get state(): object {
    const sorted = [...this.members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    const { kubernetes, kubespray } = this;
    return { kubernetes, kubespray, nodes: sorted.map((node) => ({ ...node, ...this.digests.get(node.name) })) };
  }

  /** An argument of the control plane reaches static pods that run only with `upgrade_cluster_setup`. */
  private join(node: SpecifiedNode, { digests }: ClusterSpecification, controlPlaneToo: boolean): void {
    const isNew = !this.members.has(node.name);
    this.members.set(node.name, node);
    const { controlPlane: flags, ...others } = digests;
    this.configure(node.name, isNew || controlPlaneToo ? { ...others, controlPlane: flags } : others);
  }

  private configure(name: string, digests: Readonly<Record<string, string>> | object): void {
    this.digests.set(name, { ...this.digests.get(name), ...digests } as Record<string, string>);
  }

  private wholeInventory(inventory: readonly SpecifiedNode[]): void {
    const names = inventory.map(({ name }) => name);
    this.must(
      [...this.members.keys()].every((name) => names.includes(name)),
      "has every node in its inventory",
    );
    const first = [...this.members.values()].find((node) => node.controlPlane)?.name;
    const foremost = inventory.find((node) => node.controlPlane)?.name;
    this.must(first === undefined || first === foremost, "keeps the first control plane first");
  }

  private must(holds: boolean, what: string): void {
    if (!holds) throw new Error(`Kubespray would fail: the step not ${what}`);
  }
}

/** What `ModelCluster.state` is for a specification. */
export function stateOf(specification: ClusterSpecification): object {
  return new ModelCluster(specification).state;
}
