import { kubesprayTag } from "../catalog";
import type { Journal } from "../components/kubespray/day2/journal";
import type { Answer, Order } from "../components/kubespray/day2/order";
import { planDay2 } from "../components/kubespray/day2/plan";
import { resumeAt } from "../components/kubespray/day2/resume";
import { controlPlanes } from "../components/kubespray/day2/refusals";
import type { ClusterSpecification, SpecifiedNode } from "../components/kubespray/day2/specification";
import { refusalText, type Step, stepText } from "../components/kubespray/day2/step";
import { type PlaybookTools, runPlaybook } from "./ansible/playbook";
import { KubesprayFailed } from "./failure";
import { readJournal, writeJournal } from "./journal";
import { driverKubeconfig } from "./kubeconfig";
import { type OpenSite, type SiteInputs, withSite } from "./site";
import { answers, output } from "./ssh/client";
import { findTools } from "./tools";

export interface ApplyInputs extends SiteInputs {
  /** What the stack's state says of the last run; the journal, where there is one, knows better. */
  readonly previous: ClusterSpecification | null;
  readonly onStep: (text: string) => void;
  readonly onDoing: PlaybookTools["onDoing"];
  readonly log: (line: string) => void;
}

/**
 * Makes a site's cluster what the order wants, by the playbooks that it takes, and gives its kubeconfig. A run that died
 * is taken up at the step that it died in.
 * @throws BastionUnreachable, KubesprayFailed, RunStopped.
 */
export async function applyOrder(inputs: ApplyInputs): Promise<Answer> {
  const before = await readJournal(inputs.order.recordDirectory);
  const hostKeys = { ...before.hostKeys, ...inputs.order.hostKeys };
  const order = { ...inputs.order, hostKeys };
  const journal: Journal = { ...before, hostKeys, applied: before.applied ?? inputs.previous };
  const known = [order.wanted, journal.applied, journal.run?.wanted ?? null].filter((one) => one !== null);
  const nodes = uniqueNodes(known.flatMap((one) => one.nodes));
  return withSite({ ...inputs, order }, nodes, async (site) => {
    const { steps, from } =
      resumeAt(journal.run, order.wanted) ?? (await planSteps({ ...inputs, order }, journal, site));
    if (from < steps.length) await runSteps(inputs, journal, site, steps, from);
    const { text, expires } = await fetchKubeconfig(order, site);
    const kubeconfig = { expires, epoch: order.kubeconfigEpoch };
    await writeJournal(order.recordDirectory, { format: 1, applied: order.wanted, run: null, hostKeys, kubeconfig });
    return { format: 1, applied: order.wanted, kubeconfig: text };
  });
}

/** Asks first which of the nodes that leave still answer. */
async function planSteps(
  { order: { wanted, hostKeys }, log }: ApplyInputs,
  { applied, run }: Journal,
  site: OpenSite,
): Promise<{ readonly steps: readonly Step[]; readonly from: number }> {
  const started = run?.wanted ?? null;
  const leaving = uniqueNodes([...(applied?.nodes ?? []), ...(started?.nodes ?? [])]).filter(
    ({ name }) => !wanted.nodes.some((node) => node.name === name),
  );
  const dead = new Set<string>();
  for (const { name, address } of leaving) {
    const known = hostKeys[name] !== undefined;
    if (known && (await answers(site.client, address))) continue;
    dead.add(name);
    log(`${name} at ${address} ${known ? "does not answer" : "has no known host key, so it is not logged in at"}`);
  }
  const lowestKubernetes = kubesprayTag(wanted.kubespray)?.kubernetes.min;
  const plan = planDay2({ applied, started, wanted, dead, lowestKubernetes });
  if (plan.steps !== undefined) return { steps: plan.steps, from: 0 };
  const hint = plan.refusals.length === 1 ? "Nothing was changed" : "Nothing was changed; each has its own way out";
  throw new KubesprayFailed("EDGE-KUBESPRAY-006", plan.refusals.map(refusalText).join("\n"), { hint });
}

async function runSteps(
  inputs: ApplyInputs,
  journal: Journal,
  site: OpenSite,
  steps: readonly Step[],
  from: number,
): Promise<void> {
  const { order, settings, signal, onStep, onDoing, log } = inputs;
  const { wanted, recordDirectory, siteDirectory } = order;
  const found = await findTools({ tag: wanted.kubespray, site: wanted.site, settings, env: site.env, signal });
  const tools: PlaybookTools = { ...found, siteDirectory, onDoing, log };
  let applied = journal.applied;
  const note = (done: number) =>
    writeJournal(recordDirectory, { ...journal, applied, run: { wanted, steps: [...steps], done } });
  for (const [index, step] of steps.entries()) {
    if (index < from) continue;
    await note(index);
    const title = `step ${index + 1} of ${steps.length}, ${stepText(step)}`;
    onStep(title);
    log(`[${new Date().toISOString()}] ${title}`);
    await runPlaybook(step, `step ${index + 1} of ${steps.length}, ${step.playbook}`, site, tools);
    applied = step.result ?? applied;
    await note(index + 1);
  }
}

const adminFile = "/etc/kubernetes/admin.conf";

async function fetchKubeconfig({ wanted }: Order, { client }: OpenSite): Promise<ReturnType<typeof driverKubeconfig>> {
  const first = controlPlanes(wanted.nodes)[0];
  if (first === undefined) throw new KubesprayFailed("EDGE-KUBESPRAY-013", "the order names no control plane");
  const command = `if [ "$(id -u)" = 0 ]; then cat ${adminFile}; else sudo -n cat ${adminFile}; fi`;
  const admin = await output(client, first.address, [command]);
  return driverKubeconfig(admin, wanted.site, wanted.network.apiVip ?? first.address);
}

function uniqueNodes(nodes: readonly SpecifiedNode[]): readonly SpecifiedNode[] {
  return nodes.filter((node, index) => nodes.findIndex(({ name }) => name === node.name) === index);
}
