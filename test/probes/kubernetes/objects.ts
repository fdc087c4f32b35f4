import { commit } from "../request";

/** Objects in the form in which kubelet and Flux 2.9 leave them, but for what no gate looks at. */

type Condition = readonly [type: string, status: "True" | "False" | "Unknown", reason: string, observed?: number];

const conditions = (list: readonly Condition[], generation?: number) =>
  list.map(([type, status, reason, observedGeneration = generation]) => ({
    ...{ type, status, reason, message: `about ${reason}`, lastTransitionTime: "2026-11-25T10:00:00Z" },
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  }));

export function node(name: string, ready: "True" | "False" | "Unknown" = "True", spec: object = {}) {
  const reason = ready === "True" ? "KubeletReady" : ready === "False" ? "KubeletNotReady" : "NodeStatusUnknown";
  return {
    metadata: { name },
    spec,
    status: {
      conditions: conditions([
        ["MemoryPressure", "False", "KubeletHasSufficientMemory"],
        ["Ready", ready, reason],
      ]),
    },
  };
}

export const revision = `deploy@sha1:${commit}`;
const old = `deploy@sha1:${"0".repeat(40)}`;

interface Flux {
  readonly name?: string;
  readonly source?: string;
  readonly generation?: number;
  readonly observed?: number;
  readonly attempted?: string;
  readonly applied?: string;
  readonly conditions?: readonly Condition[];
  readonly metadata?: object;
  readonly suspend?: boolean;
}

/** A Kustomization that is ready at the promoted commit, but for what is said. */
export function kustomization({ name = "deploy", source = "deploy", ...rest }: Flux = {}) {
  const { generation = 1, observed = generation, attempted = revision, applied = attempted, metadata, suspend } = rest;
  return {
    metadata: { name, namespace: "flux-system", generation, ...metadata },
    spec: { sourceRef: { kind: "GitRepository", name: source }, ...(suspend === undefined ? {} : { suspend }) },
    status: {
      ...{ observedGeneration: observed, lastAttemptedRevision: attempted, lastAppliedRevision: applied },
      conditions: conditions(rest.conditions ?? [["Ready", "True", "ReconciliationSucceeded"]], generation),
    },
  };
}
export const before = { attempted: old, applied: old };

export function helmRelease({ name = "loki", generation = 3, observed = generation, ...rest }: Flux = {}) {
  return {
    metadata: { name, namespace: "flux-system", generation },
    spec: {},
    status: {
      observedGeneration: observed,
      conditions: conditions(
        rest.conditions ?? [
          ["Ready", "True", "UpgradeSucceeded"],
          ["Released", "True", "UpgradeSucceeded"],
        ],
        generation,
      ),
    },
  };
}
