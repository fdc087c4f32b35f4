import type { GateOf } from "../fleet/gates";
import { listOf } from "../fleet/quote";
import type { GateAnswer } from "../rollout/gates/answer";
import type { GateRequest } from "../rollout/gates/probe";
import { amountOf } from "../rollout/amount";
import { fail, inconclusive, pass } from "./answers";
import { clientOf, isObject, textAt, type LiveObject } from "./kubernetes/client";
import { conditionsOf, worded } from "./kubernetes/kstatus";
import type { ProbeOptions } from "./surroundings";

/**
 * Counts the nodes of the site's file that are Ready in the cluster. A cordoned node takes no pods and does not count:
 * a playbook that failed half way leaves one behind. Nodes that the file does not have do not count either.
 */
export async function checkNodesReady(
  gate: GateOf<"nodesReady">,
  { site }: GateRequest,
  options: Pick<ProbeOptions, "kubeconfigOf">,
  signal: AbortSignal,
): Promise<GateAnswer> {
  const client = await clientOf(site, options);
  if (client === undefined) return inconclusive(`the site ${site.name} has no kubeconfig yet`);
  const nodes = await client.list("/api/v1/nodes", signal);
  if (nodes === undefined) return inconclusive("the API server serves no nodes");
  const live = new Map(nodes.map((node) => [textAt(node, "metadata", "name"), node]));
  const troubles = site.nodes.flatMap(({ name }) => {
    const trouble = troubleOf(live.get(name));
    return trouble === undefined ? [] : `${name}: ${trouble}`;
  });
  const all = site.nodes.length;
  const wanted = amountOf(gate.minReady, all);
  const ready = all - troubles.length;
  const said = `${ready} of ${all} nodes are ready${troubles.length > 0 ? `; ${listOf(troubles, 3)}` : ""}`;
  return ready >= wanted ? pass(said) : fail(said);
}

function troubleOf(node: LiveObject | undefined): string | undefined {
  if (node === undefined) return "it is not in the cluster";
  const ready = conditionsOf(node).find(({ type }) => type === "Ready");
  if (ready === undefined) return "it has no condition Ready";
  if (ready.status !== "True") return worded(ready);
  return isObject(node["spec"]) && node["spec"]["unschedulable"] === true ? "it is cordoned" : undefined;
}
