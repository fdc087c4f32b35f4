import { type ClusterSpecification, isSame } from "./specification";
import type { Step } from "./step";

/** A run that is under way, or did not end. */
export interface UnfinishedRun {
  readonly wanted: ClusterSpecification;
  readonly steps: readonly Step[];
  /** Steps of it that are done. */
  readonly done: number;
}

/**
 * Where a run goes on: at the step that it died in, if it is for the same specification. A step with a limit goes back to
 * the gathering of facts before it, because facts are not kept. Pure.
 * @returns undefined if there is nothing to take up.
 */
export function resumeAt(
  run: UnfinishedRun | null,
  wanted: ClusterSpecification,
): { readonly steps: readonly Step[]; readonly from: number } | undefined {
  if (run === null || !isSame(run.wanted, wanted)) return undefined;
  const { steps, done } = run;
  const back = steps[done - 1]?.playbook === "playbooks/facts.yml" ? 1 : 0;
  return { steps, from: done - back };
}
