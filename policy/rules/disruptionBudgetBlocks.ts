import { covers, disruptionBudgets, replicatedPods } from "../objects/budgets";
import { at, shown } from "../objects/json";
import type { StackRule } from "../rule";
import { violation } from "../violation";

export const disruptionBudgetBlocks: StackRule = {
  name: "disruption-budget-blocks",
  area: "topology",
  scope: "stack",
  description: "No disruption budget keeps a node from being drained.",
  why: "An upgrade waits for a pod that may not go, until it is over time; on a single node that is every upgrade.",
  fix: "Remove the budget where there is one replica, or allow one pod to be away.",
  level: "mandatory",
  check: (resources) => {
    const pods = replicatedPods(resources);
    return disruptionBudgets(resources).flatMap((budget) => {
      const covered = pods.filter(({ pod }) => covers(budget, pod));
      if (covered.length === 0) return [];
      const replicas = covered.reduce((sum, { pod }) => sum + (pod.replicas ?? 1), 0);
      return (["minAvailable", "maxUnavailable"] as const).flatMap((key) => {
        const value = at(budget.object.object, "spec", key);
        const pods = amount(value, replicas);
        const blocks = pods !== undefined && (key === "minAvailable" ? pods >= replicas : pods <= 0);
        if (!blocks) return [];
        const limit = `at least one of ${replicas} ${replicas === 1 ? "pod" : "pods"} may be away`;
        return [violation(budget.resource, { field: ["spec", key], value: shown(value), limit })];
      });
    });
  },
};

/** Kubernetes rounds a percentage of pods up for both. */
function amount(value: unknown, replicas: number): number | undefined {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? undefined : Math.ceil((Number(percent) * replicas) / 100);
}
