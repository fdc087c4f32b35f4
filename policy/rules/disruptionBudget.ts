import { covers, disruptionBudgets, replicatedPods } from "../objects/budgets";
import type { StackRule } from "../rule";
import { violation } from "../violation";

export const disruptionBudget: StackRule = {
  name: "disruption-budget",
  area: "topology",
  scope: "stack",
  description: "Where there are three control planes, whatever has replicas has a disruption budget.",
  why: "An upgrade drains node after node; without a budget it may evict all replicas of a quorum at once.",
  fix: "Add a PodDisruptionBudget that lets one pod go at a time.",
  level: "mandatory",
  check: (resources, { site }) => {
    const controlPlanes = site?.nodes.filter(({ roles }) => roles.includes("control-plane")).length ?? 0;
    if (controlPlanes < 3) return [];
    const budgets = disruptionBudgets(resources);
    return replicatedPods(resources)
      .filter(({ pod }) => (pod.replicas ?? 1) > 1 && !budgets.some((budget) => covers(budget, pod)))
      .map(({ resource, pod }) =>
        violation(resource, {
          field: "PodDisruptionBudget",
          value: "missing",
          limit: `${pod.replicas ?? 1} replicas have a budget that lets one go at a time`,
        }),
      );
  },
};
