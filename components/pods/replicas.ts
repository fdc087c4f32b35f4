import * as policy from "@pulumi/kubernetes/policy/v1";
import type { CustomResourceOptions } from "@pulumi/pulumi";

type Labels = Readonly<Record<string, string>>;

/** Keeps pods with the labels on different nodes as long as there are enough; a pod beside another beats none. */
export function spreadOverNodes(labels: Labels) {
  return {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { ...labels } },
      },
    ],
  };
}

/**
 * Lets a drained node take one pod at a time. Nothing for a single pod: a budget would keep its node from ever being
 * drained.
 */
export function oneAtATime(
  name: string,
  { metadata, labels, replicas }: { readonly metadata: object; readonly labels: Labels; readonly replicas: number },
  opts: CustomResourceOptions,
): void {
  if (replicas < 2) return;
  new policy.PodDisruptionBudget(
    name,
    { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: { ...labels } } } },
    opts,
  );
}
