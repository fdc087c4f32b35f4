import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Step } from "../../components/kubespray/day2/step";
import { preparationPlaybook } from "../../components/kubespray/plan";
import { KubesprayFailed } from "../failure";
import { runProgram, TooLong } from "../processes";
import type { OpenSite } from "../site";
import { type Ansible, playbookCommand, stopCommand } from "./commandLine";
import { ansibleEnvironment } from "./environment";
import { Course, type Doing, failureText, readEvent } from "./events";
import { writeInventory } from "./inventory";

/** What every step of a run shares. */
export interface PlaybookTools {
  readonly ansible: Ansible;
  /** Absolute path of Kubespray's tree. */
  readonly kubespray: string;
  /** Absolute path of the playbook that comes before Kubespray's; undefined for the site's own. */
  readonly preparePlaybook: string | undefined;
  /** Variables that rendered files name and do not hold; secret. */
  readonly nodeVariables: Readonly<Record<string, string>>;
  readonly plugins: string;
  readonly siteDirectory: string;
  readonly sshKey: string;
  readonly forks: number;
  readonly silenceSeconds: number;
  readonly stepSeconds: number;
  readonly onDoing: (doing: Doing) => void;
  /** Takes lines for the site's log. */
  readonly log: (line: string) => void;
}

/**
 * Runs one playbook to its end.
 * @param title such as `step 2 of 3, scale.yml`, for failures.
 * @throws KubesprayFailed with the failing task, host and message; `EDGE-KUBESPRAY-009` if it takes too long.
 */
export async function runPlaybook(step: Step, title: string, site: OpenSite, tools: PlaybookTools): Promise<void> {
  const { run, client } = site;
  const inventory = await writeInventory(tools.siteDirectory, path.join(run, "inventory"), step.inventory);
  const variables = path.join(run, "variables.json");
  // The rendered common arguments name the bastion too, but not whose keys are known.
  const extra = {
    ...step.variables,
    ...tools.nodeVariables,
    ansible_ssh_common_args: "",
    edgewave_site_directory: tools.siteDirectory,
  };
  await writeFile(variables, JSON.stringify(extra), { mode: 0o600 });
  await writeFile(path.join(run, "ansible.cfg"), "");
  await mkdir(path.join(run, "home", "tmp"), { recursive: true, mode: 0o700 });
  const prepare = tools.preparePlaybook ?? path.join(tools.siteDirectory, preparationPlaybook);
  const playbook = step.playbook === "prepare-nodes.yml" ? prepare : path.join(tools.kubespray, step.playbook);
  const folder = path.dirname(playbook);
  const places = { run, kubespray: tools.kubespray, plugins: tools.plugins, sshConfig: client.config };
  const command = playbookCommand(tools.ansible, {
    step,
    playbook,
    inventory,
    variables,
    mounts: [run, tools.kubespray, folder, tools.plugins, tools.siteDirectory, tools.sshKey],
    environment: { ...site.env, ...ansibleEnvironment(places, tools) },
  });
  const course = new Course();
  const unread: string[] = [];
  const onLine = (line: string) => {
    tools.log(line);
    const event = readEvent(line);
    if (event === undefined) {
      if (line.trim() !== "") unread.push(line.trim());
      return;
    }
    const doing = course.take(event);
    if (doing !== undefined) tools.onDoing(doing);
  };
  const onErrorLine = (line: string) => {
    tools.log(line);
    if (/^(ERROR|fatal|\[ERROR\])/.test(line)) unread.push(line.trim());
  };
  try {
    const { code, signal } = await runProgram(command.file, command.args, {
      env: command.env,
      cwd: folder,
      signal: client.signal,
      timeout: tools.stepSeconds * 1000,
      onLine,
      onErrorLine,
    });
    if (code === 0) return;
    const how = signal ?? `code ${code}`;
    const said = failureText(course.failures) || unread.slice(-3).join("\n") || `ansible-playbook ended with ${how}`;
    throw new KubesprayFailed("EDGE-KUBESPRAY-005", `${title}: ${said}`);
  } catch (error) {
    if (error instanceof TooLong) {
      throw new KubesprayFailed("EDGE-KUBESPRAY-009", `${title}: ${error.message}`, { cause: error });
    }
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new KubesprayFailed("EDGE-KUBESPRAY-004", `${command.file} is not there`, { cause: error });
    }
    throw error;
  } finally {
    const stop = stopCommand(tools.ansible);
    if (stop !== undefined) {
      const never = new AbortController().signal;
      await runProgram(stop.file, stop.args, { env: site.env, signal: never, timeout: 10_000 }).catch(() => undefined);
    }
  }
}

/** A name for a container that nothing else has. */
export function containerName(site: string): string {
  return `edgewave-${site}-${randomUUID().slice(0, 8)}`;
}
