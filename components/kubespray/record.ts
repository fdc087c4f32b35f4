import { kubesprayTag } from "../../catalog";
import { ComponentArgumentError } from "../argumentError";
import { planDay2 } from "./day2/plan";
import { resumeAt, type UnfinishedRun } from "./day2/resume";
import type { ClusterSpecification } from "./day2/specification";
import { refusalText, type Step, stepText } from "./day2/step";

/** What is written down of a site's cluster on the driver's machine. */
export interface ClusterRecord {
  /** What the last finished steps left; null while no cluster is known. */
  readonly applied: ClusterSpecification | null;
  readonly run: UnfinishedRun | null;
  /** Goes up when the kubeconfig has to be fetched anew, because its certificate runs out. */
  readonly kubeconfigEpoch: number;
}

export const emptyRecord: ClusterRecord = { applied: null, run: null, kubeconfigEpoch: 0 };

/**
 * The steps that a run would take, as far as that is known without asking the site: whether a leaving node still answers
 * is found out when it is run. Pure.
 * @param wanted its digest of the image path is empty where it is not known yet; then the applied one is taken.
 * @throws ComponentArgumentError `EDGE-COMPONENT-013` with everything that Kubespray cannot do, and the way out.
 */
export function plannedSteps({ applied, run }: ClusterRecord, wanted: ClusterSpecification): readonly Step[] {
  const imagePath = wanted.digests.imagePath || (applied ?? run?.wanted)?.digests.imagePath || "";
  const whole = { ...wanted, digests: { ...wanted.digests, imagePath } };
  const resumed = resumeAt(run, whole);
  if (resumed !== undefined) return resumed.steps.slice(resumed.from);
  const lowestKubernetes = kubesprayTag(wanted.kubespray)?.kubernetes.min;
  const started = run?.wanted ?? null;
  const plan = planDay2({ applied, started, wanted: whole, dead: new Set(), lowestKubernetes });
  if (plan.steps !== undefined) return plan.steps;
  throw new ComponentArgumentError(
    "EDGE-COMPONENT-013",
    "KubesprayCluster",
    `site ${wanted.site}`,
    plan.refusals.map(refusalText).join("; "),
    "Nothing was changed",
  );
}

/** Each step as a line for people, numbered; one line if there is nothing to do. */
export function stepLines(steps: readonly Step[]): readonly string[] {
  if (steps.length === 0) return ["kubespray: nothing to run"];
  return steps.map((step, index) => `kubespray ${index + 1} of ${steps.length}: ${stepText(step)}`);
}
