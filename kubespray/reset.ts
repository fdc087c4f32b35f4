import { rm } from "node:fs/promises";
import type { Step } from "../components/kubespray/day2/step";
import { runPlaybook } from "./ansible/playbook";
import type { ApplyInputs } from "./apply";
import { KubesprayFailed } from "./failure";
import { journalFile, readJournal } from "./journal";
import { withSite } from "./site";
import { findTools } from "./tools";

/**
 * What becomes of a cluster whose stack is destroyed. Nothing without a word: `keep` leaves it as it is, `reset` runs
 * Kubespray's `reset.yml`, which removes Kubernetes and all that it held from every node.
 * @throws KubesprayFailed `EDGE-KUBESPRAY-010` for any other permission.
 */
export async function deleteCluster(inputs: ApplyInputs, permission: string | undefined): Promise<void> {
  const { order, settings, signal, onStep, onDoing, log } = inputs;
  if (permission === "keep") return;
  if (permission !== "reset") {
    const what = `removing the cluster of ${order.wanted.site} would take Kubernetes and all data from its nodes`;
    throw new KubesprayFailed("EDGE-KUBESPRAY-010", what);
  }
  const { applied, hostKeys } = await readJournal(order.recordDirectory);
  const inventory = (applied ?? inputs.previous ?? order.wanted).nodes;
  const step: Step = {
    playbook: "reset.yml",
    reason: "the site is destroyed",
    inventory,
    limit: [],
    tags: [],
    variables: { skip_confirmation: true, reset_confirmation: true },
    result: null,
  };
  const keys = { ...hostKeys, ...order.hostKeys };
  await withSite({ ...inputs, order: { ...order, hostKeys: keys } }, inventory, async (site) => {
    const { kubespray: tag, site: name } = order.wanted;
    const found = await findTools({ tag, site: name, settings, env: site.env, signal });
    onStep("reset.yml: the site is destroyed");
    await runPlaybook(step, "reset.yml", site, { ...found, siteDirectory: order.siteDirectory, onDoing, log });
  });
  await rm(journalFile(order.recordDirectory), { force: true });
}
