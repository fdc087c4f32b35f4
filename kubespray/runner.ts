import path from "node:path";
import { z } from "zod";
import { answerSchema, type Order, orderSchema } from "../components/kubespray/day2/order";
import type { ClusterSpecification } from "../components/kubespray/day2/specification";
import { masker, secretsOf } from "../rollout/runner/masking";
import { SiteLog } from "../rollout/runner/siteLog";
import type { Doing } from "./ansible/events";
import { applyOrder, type ApplyInputs } from "./apply";
import { KubesprayFailed, RunStopped } from "./failure";
import { ProgressTeller, progressVariable } from "./progress";
import { deleteCluster } from "./reset";
import { secretsOfVariables } from "./secrets";
import { readSettings } from "./settings";

/** What becomes of a cluster whose stack is destroyed: `keep` or `reset`; see `deleteCluster`. */
export const nodesVariable = "EDGEWAVE_NODES";

export interface RunnerInputs {
  readonly verb: string | undefined;
  /** What came on standard input. */
  readonly input: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

/**
 * What a field site's stack runs: `apply` or `delete` for the order on its standard input.
 * @returns what goes to standard output.
 * @throws KubesprayFailed, BastionUnreachable, RunStopped.
 */
export async function runOrder({ verb, input, env, cwd, signal }: RunnerInputs): Promise<string> {
  const order = readOrder(input);
  if (verb !== "apply" && verb !== "delete") {
    throw new KubesprayFailed("EDGE-KUBESPRAY-013", `the runner knows apply and delete, not ${JSON.stringify(verb)}`);
  }
  const permission = env[nodesVariable];
  // Before settings are asked for: leaving a cluster as it is needs none.
  if (verb === "delete" && permission === "keep") return "";
  const settings = readSettings(env, cwd);
  const given = Object.values(settings.nodeVariables);
  const mask = masker([...secretsOf(env), ...given, ...(await secretsOfVariables(order.siteDirectory))]);
  const log = new SiteLog(path.join(order.recordDirectory, "ansible.log"), mask);
  const progress = new ProgressTeller(env[progressVariable]);
  const inputs: ApplyInputs = {
    order,
    settings,
    env,
    signal,
    previous: readPrevious(env["PULUMI_COMMAND_STDOUT"]),
    onStep: (text) => progress.tell(mask(text)),
    onDoing: (doing) => progress.tell(mask(doingText(doing))),
    log: (line) => log.write(`${line}\n`),
  };
  try {
    log.note(`${verb} of ${order.wanted.site}`);
    if (verb === "delete") {
      await deleteCluster(inputs, permission);
      return "";
    }
    const answer = await applyOrder(inputs);
    log.note(`done: Kubernetes ${answer.applied.kubernetes} on ${answer.applied.nodes.length} nodes`);
    return JSON.stringify(answer);
  } catch (error) {
    const failure = signal.aborted ? new RunStopped("the run was asked to stop; the next one resumes it") : error;
    const message = mask(failure instanceof Error ? failure.message : String(failure));
    log.note(message);
    if (!(failure instanceof Error)) throw failure;
    failure.message = message;
    throw failure;
  } finally {
    progress.close();
    log.close();
  }
}

/** `play, task, host`, as far as they are known. */
export function doingText({ play, task, host }: Doing): string {
  return [play, task, host].filter((part) => part !== undefined && part !== "").join(", ");
}

function readOrder(input: string): Order {
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch (error) {
    throw new KubesprayFailed("EDGE-KUBESPRAY-013", "the order on standard input is no JSON", { cause: error });
  }
  const read = orderSchema.safeParse(value);
  if (read.success) return read.data;
  const why = z.prettifyError(read.error).replace(/\s*\n\s*/g, " ");
  throw new KubesprayFailed("EDGE-KUBESPRAY-013", `the order cannot be read: ${why}`, { cause: read.error });
}

/** What the state says of the last run. It is asked for only where there is no journal. */
function readPrevious(stdout: string | undefined): ClusterSpecification | null {
  if (stdout === undefined || stdout.trim() === "") return null;
  try {
    return answerSchema.parse(JSON.parse(stdout)).applied;
  } catch (error) {
    // Not quoted: a kubeconfig is in it.
    throw new KubesprayFailed("EDGE-KUBESPRAY-013", "the state's record of the last run cannot be read", {
      cause: new Error((error as Error).name),
    });
  }
}
