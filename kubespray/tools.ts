import path from "node:path";
import { containerName, type PlaybookTools } from "./ansible/playbook";
import { KubesprayFailed } from "./failure";
import { pinnedVenv } from "./python/venv";
import type { KubespraySettings } from "./settings";
import { checkout } from "./source/checkout";
import { kubesprayRelease, kubesprayReleases } from "./versions";

/** edgewave's callback plugin. */
const plugins = path.join(__dirname, "ansible", "callback_plugins");

export interface ToolInputs {
  readonly tag: string;
  readonly site: string;
  readonly settings: KubespraySettings;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What is the same for every step and every site on this machine. */
export type Tools = Omit<PlaybookTools, "siteDirectory" | "onDoing" | "log">;

/**
 * Brings Kubespray's tree and an Ansible that fits it onto this machine; done once, then kept.
 * @throws KubesprayFailed
 */
export async function findTools({ tag, site, settings, env, signal }: ToolInputs): Promise<Tools> {
  const release = kubesprayRelease(tag);
  if (release === undefined) {
    const known = kubesprayReleases.map((each) => each.tag).join(", ");
    throw new KubesprayFailed("EDGE-KUBESPRAY-002", `Kubespray ${tag} is not known; ${known} are`);
  }
  const { cache, source, ansible } = settings;
  const kubespray = await checkout({ source, tag, commit: settings.commit ?? release.commit, cache, env, signal });
  const { sshKey, forks, silenceSeconds, stepSeconds, preparePlaybook, nodeVariables } = settings;
  const tools = { kubespray, plugins, preparePlaybook, nodeVariables, sshKey, forks, silenceSeconds, stepSeconds };
  if (ansible.kind === "venv") return { ...tools, ansible };
  if (ansible.kind === "container") return { ...tools, ansible: { ...ansible, name: containerName(site) } };
  const { requirements } = release;
  const folder = await pinnedVenv({ ...ansible, requirements, cache, env, signal });
  return { ...tools, ansible: { kind: "venv", folder } };
}
