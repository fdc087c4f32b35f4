import { compareVersions } from "../../../fleet/versions";
import type { ClusterSpecification, SpecifiedNode } from "./specification";
import type { Refusal, RefusalCode } from "./step";

/** What is known of a site's cluster. */
export interface Known {
  /** What the last finished steps left; null while no cluster is known. */
  readonly applied: ClusterSpecification | null;
  /** What a run that did not end was making of it; null if every run ended. */
  readonly started: ClusterSpecification | null;
}

/** Everything that keeps a cluster from becoming what is wanted. Empty if there is a way. */
export function refusalsOf({ applied, started }: Known, wanted: ClusterSpecification): readonly Refusal[] {
  const alone = ofItself(wanted);
  const bases = [applied, started].filter((known) => known !== null);
  const changes = bases.flatMap((known) => [...identity(known, wanted), ...nodes(known, wanted)]);
  const versions = applied === null ? [] : versionsOf(applied, wanted);
  const all = [...alone, ...changes, ...versions, ...halfDone({ applied, started }, wanted)];
  return all.filter(({ what }, index) => all.findIndex((other) => other.what === what) === index);
}

function refusal(code: RefusalCode, what: string): Refusal {
  return { code, what };
}

function ofItself({ nodes: all }: ClusterSpecification): readonly Refusal[] {
  const members = controlPlanes(all).length;
  if (members % 2 === 1) return [];
  return [refusal("EDGE-DAY2-002", `etcd would have ${members} members, an even number`)];
}

/** What Kubespray has no playbook to change. */
function identity(known: ClusterSpecification, wanted: ClusterSpecification): readonly Refusal[] {
  const parts: readonly (readonly [string, string | null, string | null])[] = [
    ["site", known.site, wanted.site],
    ["architecture", known.architecture, wanted.architecture],
    ["network plugin", known.network.plugin, wanted.network.plugin],
    ["podCidr", known.network.podCidr, wanted.network.podCidr],
    ["serviceCidr", known.network.serviceCidr, wanted.network.serviceCidr],
    ["apiVip", known.network.apiVip, wanted.network.apiVip],
  ];
  return parts
    .filter(([, before, after]) => before !== after)
    .map(([what, before, after]) =>
      refusal("EDGE-DAY2-005", `${what} ${before ?? "(none)"} cannot become ${after ?? "(none)"} on a running cluster`),
    );
}

function nodes(known: ClusterSpecification, wanted: ClusterSpecification): readonly Refusal[] {
  const refusals: Refusal[] = [];
  const first = controlPlanes(known.nodes)[0];
  if (first !== undefined && controlPlanes(wanted.nodes)[0]?.name !== first.name) {
    const stays = wanted.nodes.some(({ name }) => name === first.name);
    refusals.push(
      refusal(
        "EDGE-DAY2-001",
        stays
          ? `${first.name} would not be the first control plane any more, and new ones are added behind it`
          : `${first.name} is the first control plane, which Kubespray cannot remove`,
      ),
    );
  }
  for (const before of known.nodes) {
    const after = wanted.nodes.find(({ name }) => name === before.name);
    if (after !== undefined && !sameNode(before, after)) {
      refusals.push(refusal("EDGE-DAY2-006", `${before.name} (${nodeText(before)}) cannot become ${nodeText(after)}`));
    }
    const heir = wanted.nodes.find(({ address, name }) => address === before.address && name !== before.name);
    // A removed node is still in the inventory while it is removed, so its address is free only after the run.
    if (after !== undefined && heir !== undefined) {
      refusals.push(refusal("EDGE-DAY2-006", `${heir.name} would take the address of ${before.name}`));
    }
  }
  const members = controlPlanes(known.nodes);
  const kept = members.filter(({ name }) => wanted.nodes.some((node) => node.name === name));
  const joining = controlPlanes(wanted.nodes).filter(({ name }) => !members.some((member) => member.name === name));
  // Each of the new members has to find a quorum of those that stay; two of three may go only if nobody joins at once.
  if (members.length - kept.length > 1 && joining.length > 0) {
    refusals.push(
      refusal(
        "EDGE-DAY2-009",
        `${members.length - kept.length} of ${members.length} control planes would be replaced at once`,
      ),
    );
  }
  const upgrades = known.kubernetes !== wanted.kubernetes || known.kubespray !== wanted.kubespray;
  if (upgrades && kept.length < members.length && kept.length % 2 === 0) {
    const gone = members.filter((member) => !kept.includes(member)).map(({ name }) => name);
    const what = `an upgrade while ${gone.join(", ")} is replaced would find ${kept.length} members of etcd`;
    refusals.push(refusal("EDGE-DAY2-009", what));
  }
  return refusals;
}

function versionsOf(applied: ClusterSpecification, wanted: ClusterSpecification): readonly Refusal[] {
  const pairs = [
    ["Kubernetes", applied.kubernetes, wanted.kubernetes],
    ["Kubespray", applied.kubespray, wanted.kubespray],
  ] as const;
  return pairs.flatMap(([what, from, to]): Refusal[] => {
    const text = `${what} ${from} to ${to}`;
    if (compareVersions(to, from) < 0) return [refusal("EDGE-DAY2-003", `${text} is a downgrade`)];
    const [before, after] = [minorOf(from), minorOf(to)];
    if (before.major === after.major && after.minor - before.minor <= 1) return [];
    return [refusal("EDGE-DAY2-004", `${text} is more than one minor version at once`)];
  });
}

/** A run that died may have left nodes of both versions, or half a first installation. */
function halfDone({ applied, started }: Known, wanted: ClusterSpecification): readonly Refusal[] {
  if (started === null) return [];
  if (applied === null) {
    const missing = started.nodes.filter(({ name }) => !wanted.nodes.some((node) => node.name === name));
    const changed = started.kubernetes !== wanted.kubernetes || started.kubespray !== wanted.kubespray;
    if (missing.length === 0 && !changed) return [];
    const what = missing.length > 0 ? `with ${missing.map(({ name }) => name).join(", ")}` : `of ${started.kubernetes}`;
    return [refusal("EDGE-DAY2-007", `the first installation ${what} did not end`)];
  }
  const upgrading = started.kubernetes !== applied.kubernetes || started.kubespray !== applied.kubespray;
  if (!upgrading || (started.kubernetes === wanted.kubernetes && started.kubespray === wanted.kubespray)) return [];
  return [
    refusal(
      "EDGE-DAY2-007",
      `the upgrade to Kubernetes ${started.kubernetes} by Kubespray ${started.kubespray} did not end`,
    ),
  ];
}

/** In order. */
export function controlPlanes(all: readonly SpecifiedNode[]): readonly SpecifiedNode[] {
  return all.filter(({ controlPlane }) => controlPlane);
}

/** `1.35.4` and `v2.31.0` as numbers. */
export function minorOf(version: string): { readonly major: number; readonly minor: number } {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return { major, minor };
}

function sameNode(a: SpecifiedNode, b: SpecifiedNode): boolean {
  return a.address === b.address && a.controlPlane === b.controlPlane && a.worker === b.worker;
}

function nodeText({ address, controlPlane, worker }: SpecifiedNode): string {
  const roles = [...(controlPlane ? ["control plane"] : []), ...(worker ? ["worker"] : [])];
  return `${roles.join(" and ")} at ${address}`;
}
