import { compareVersions } from "../../../fleet/versions";
import { type Known, controlPlanes, refusalsOf } from "./refusals";
import { type ClusterSpecification, isSame, type SpecifiedNode } from "./specification";
import type { Refusal, Step } from "./step";

export type { Known } from "./refusals";

export interface PlanInputs extends Known {
  readonly wanted: ClusterSpecification;
  /** Names of nodes that do not answer: a removed one among them is not reset. */
  readonly dead: ReadonlySet<string>;
  /** The lowest Kubernetes version that the wanted Kubespray tag can work with; undefined if it is not known. */
  readonly lowestKubernetes: string | undefined;
}

/** What has to be run, in order, or why nothing can be. No steps: the cluster is what is wanted. */
export type Day2Plan =
  | { readonly steps: readonly Step[]; readonly refusals?: undefined }
  | { readonly steps?: undefined; readonly refusals: readonly Refusal[] };

/**
 * Compares what a cluster is with what it shall be. The order is: prepare nodes, remove, upgrade, add, converge. Dead
 * nodes go first, because every other playbook fails on them; nodes are added last, so that they join at the version
 * that they shall have. Pure.
 */
export function planDay2(inputs: PlanInputs): Day2Plan {
  const { applied, started, wanted } = inputs;
  const refusals = [...refusalsOf({ applied, started }, wanted), ...removalRefusals(inputs)];
  if (refusals.length > 0) return { refusals };
  if (applied === null) return { steps: firstInstallation(wanted) };
  if (started === null && isSame(applied, wanted)) return { steps: [] };
  const way = new Way(inputs, applied);
  way.prepare();
  way.remove();
  way.upgrade();
  way.add();
  way.converge();
  return { steps: way.steps };
}

function firstInstallation(wanted: ClusterSpecification): readonly Step[] {
  const inventory = wanted.nodes;
  const common = { inventory, limit: [], tags: [], variables: {} };
  return [
    {
      ...common,
      playbook: "prepare-nodes.yml",
      reason: "time, names and packages come before Kubespray",
      result: null,
    },
    { ...common, playbook: "cluster.yml", reason: "the site has no cluster yet", result: wanted },
  ];
}

/** Nodes are removed by the wanted Kubespray tag at the Kubernetes version that the cluster still has. */
function removalRefusals({ applied, started, wanted, lowestKubernetes }: PlanInputs): readonly Refusal[] {
  if (
    applied === null ||
    lowestKubernetes === undefined ||
    compareVersions(applied.kubernetes, lowestKubernetes) >= 0
  ) {
    return [];
  }
  const names = leaving([...applied.nodes, ...(started?.nodes ?? [])], wanted).map(({ name }) => name);
  if (names.length === 0) return [];
  const what = `Kubespray ${wanted.kubespray} cannot remove ${[...new Set(names)].join(", ")} from Kubernetes ${applied.kubernetes}`;
  return [{ code: "EDGE-DAY2-008", what }];
}

/** Gathers steps, and what the cluster is after each. */
class Way {
  readonly steps: Step[] = [];
  private current: ClusterSpecification;
  private readonly wanted: ClusterSpecification;
  /** Whether the nodes have been given all of the wanted variables by a full playbook. */
  private converged = false;
  private controlPlaneLeft = false;

  constructor(
    private readonly inputs: PlanInputs,
    applied: ClusterSpecification,
  ) {
    this.wanted = inputs.wanted;
    // What a run that died had begun to add is there in part: it is removed or converged as if it were whole.
    const half = (inputs.started?.nodes ?? []).filter(({ name }) => !applied.nodes.some((node) => node.name === name));
    this.current = { ...applied, nodes: [...applied.nodes, ...half.filter(({ name }) => !this.isWanted(name))] };
  }

  prepare(): void {
    const { digests } = this.wanted;
    const joins = this.joining().map(({ name }) => name);
    const changed =
      this.inputs.started !== null ||
      digests.preparation !== this.current.digests.preparation ||
      digests.imagePath !== this.current.digests.imagePath;
    if (!changed && joins.length === 0) return;
    const reason = changed
      ? "time, names, packages or certificates of the nodes changed"
      : `${joins.join(", ")}: prepared before they join`;
    const after = { ...this.current.digests, preparation: digests.preparation };
    this.step({ playbook: "prepare-nodes.yml", reason, inventory: this.wanted.nodes }, { digests: after });
  }

  remove(): void {
    const gone = leaving(this.current.nodes, this.wanted);
    // Workers first: each control plane that goes makes the API less sure.
    for (const node of gone.filter(({ controlPlane }) => !controlPlane)) this.removeNodes([node]);
    // Members of etcd go together: Kubespray asserts an odd number of them before each of its playbooks.
    const members = controlPlanes(gone);
    if (members.length === 0) return;
    this.removeNodes(members);
    this.controlPlaneLeft = true;
  }

  upgrade(): void {
    const { kubernetes, kubespray, digests, small } = this.wanted;
    const reasons = [
      ...(kubernetes === this.current.kubernetes ? [] : [`Kubernetes ${this.current.kubernetes} to ${kubernetes}`]),
      ...(kubespray === this.current.kubespray ? [] : [`Kubespray ${this.current.kubespray} to ${kubespray}`]),
    ];
    if (reasons.length === 0) return;
    const serial: Readonly<Record<string, number>> = small ? { serial: 1 } : {};
    this.step(
      {
        playbook: "upgrade-cluster.yml",
        reason: `${reasons.join(", ")}${small ? ", a node at a time" : ""}`,
        inventory: this.current.nodes,
        variables: { kube_version: kubernetes, ...serial },
      },
      { kubernetes, kubespray, digests, small },
    );
    this.converged = true;
  }

  add(): void {
    const joining = this.joining();
    if (joining.length === 0 || joining.some(({ controlPlane }) => controlPlane) || this.wantsCluster()) return;
    const names = joining.map(({ name }) => name);
    const inventory = this.wanted.nodes;
    const reason = `${names.join(", ")} ${names.length === 1 ? "joins" : "join"}`;
    this.step(
      { playbook: "playbooks/facts.yml", reason: "a limited playbook needs facts of all nodes", inventory },
      {},
    );
    this.step({ playbook: "scale.yml", reason, inventory, limit: names }, { nodes: this.wanted.nodes });
  }

  converge(): void {
    const { digests, nodes, small } = this.wanted;
    const joining = this.joining().map(({ name }) => name);
    const inventory = nodes;
    const done = { digests, nodes, small };
    if (joining.length > 0 || this.wantsCluster()) {
      const flags = !this.converged && this.differs("controlPlane");
      const reasons = [
        ...(joining.length > 0 ? [`${joining.join(", ")} ${joining.length === 1 ? "joins" : "join"}`] : []),
        ...(this.controlPlaneLeft ? ["the remaining nodes forget the control plane that left"] : []),
        ...(!this.converged && this.inputs.started !== null ? ["a run that did not end is put in order"] : []),
        ...(flags ? ["arguments of the control plane changed"] : []),
        ...(!this.converged && this.differs("variables") ? ["variables changed"] : []),
      ];
      // Without it, static pods keep their old arguments until the next upgrade (docs/operations/upgrades.md, v2.31.0).
      const variables: Readonly<Record<string, boolean>> = flags ? { upgrade_cluster_setup: true } : {};
      this.step({ playbook: "cluster.yml", reason: reasons.join("; "), inventory, variables }, done);
      return;
    }
    if (!this.converged && (this.differs("mirrors") || this.differs("imagePath"))) {
      const reason = "containerd's mirrors changed";
      this.step({ playbook: "cluster.yml", reason, inventory, tags: ["containerd"] }, done);
      return;
    }
    if (isSame({ ...this.current, ...done }, this.current)) return;
    // Only the order of nodes, or the size class, is another one: nothing on the nodes tells of it.
    const last = this.steps.at(-1);
    this.current = { ...this.current, ...done };
    if (last !== undefined) this.steps[this.steps.length - 1] = { ...last, result: this.current };
  }

  /** Whether all nodes have to be taken through `cluster.yml`, apart from any that join. */
  private wantsCluster(): boolean {
    if (this.converged) return false;
    return (
      this.controlPlaneLeft || this.inputs.started !== null || this.differs("controlPlane") || this.differs("variables")
    );
  }

  private removeNodes(nodes: readonly SpecifiedNode[]): void {
    const names = nodes.map(({ name }) => name);
    const dead = names.filter((name) => this.inputs.dead.has(name));
    const silent = dead.length === 0 ? "" : `; ${dead.join(", ")} ${dead.length === 1 ? "does" : "do"} not answer`;
    this.step(
      {
        playbook: "remove-node.yml",
        reason: `${names.join(", ")} ${names.length === 1 ? "is" : "are"} no longer of the site${silent}`,
        inventory: this.current.nodes,
        variables: {
          node: names.join(","),
          skip_confirmation: true,
          kube_version: this.current.kubernetes,
          ...(dead.length > 0 ? { reset_nodes: false, allow_ungraceful_removal: true } : {}),
        },
      },
      { nodes: this.current.nodes.filter(({ name }) => !names.includes(name)) },
    );
  }

  private differs(concern: keyof ClusterSpecification["digests"]): boolean {
    return this.current.digests[concern] !== this.wanted.digests[concern];
  }

  private joining(): readonly SpecifiedNode[] {
    return this.wanted.nodes.filter(({ name }) => !this.current.nodes.some((node) => node.name === name));
  }

  private isWanted(name: string): boolean {
    return this.inputs.wanted.nodes.some((node) => node.name === name);
  }

  private step(
    { limit = [], tags = [], variables = {}, ...what }: Partial<Step> & Pick<Step, "playbook" | "reason" | "inventory">,
    change: Partial<ClusterSpecification>,
  ): void {
    this.current = { ...this.current, ...change };
    this.steps.push({ ...what, limit, tags, variables, result: this.current });
  }
}

function leaving(known: readonly SpecifiedNode[], wanted: ClusterSpecification): readonly SpecifiedNode[] {
  return known.filter(({ name }) => !wanted.nodes.some((node) => node.name === name));
}
