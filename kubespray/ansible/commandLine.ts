import type { Step } from "../../components/kubespray/day2/step";

/** What runs `ansible-playbook`. */
export type Ansible =
  | { readonly kind: "venv"; readonly folder: string }
  | { readonly kind: "container"; readonly engine: string; readonly image: string; readonly name: string };

export interface PlaybookCall {
  readonly step: Pick<Step, "limit" | "tags">;
  /** Absolute path of the playbook. */
  readonly playbook: string;
  readonly inventory: string;
  /** JSON file with extra variables: on the command line, `-e a=false` would be a string. */
  readonly variables: string;
  /** Folders and files that a container is given at their own paths; the first one it may write to. */
  readonly mounts: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface CommandLine {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The command that runs one playbook, with its environment. Pure. */
export function playbookCommand(ansible: Ansible, call: PlaybookCall): CommandLine {
  const { step, playbook, inventory, variables, environment } = call;
  const args = [
    "--inventory",
    inventory,
    "--extra-vars",
    `@${variables}`,
    ...(step.limit.length === 0 ? [] : ["--limit", step.limit.join(",")]),
    ...(step.tags.length === 0 ? [] : ["--tags", step.tags.join(",")]),
    playbook,
  ];
  if (ansible.kind === "venv") {
    return { file: `${ansible.folder}/bin/ansible-playbook`, args, env: environment };
  }
  const { engine, image, name } = ansible;
  const [own = "", ...others] = call.mounts;
  const run = [
    "run",
    "--rm",
    "--init",
    "--name",
    name,
    // Nodes are reached as from the machine itself, and files keep their owner.
    "--network",
    "host",
    "--pull",
    "missing",
    "--volume",
    `${own}:${own}`,
    ...others.flatMap((path) => ["--volume", `${path}:${path}:ro`]),
    ...Object.entries(environment)
      .filter(([key]) => key !== "PATH" && key !== "HOME")
      .flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    "--entrypoint",
    "ansible-playbook",
    image,
    ...args,
  ];
  return { file: engine, args: run, env: environment };
}

/** Ends a container whose client was killed: the engine's daemon would let it run on. Undefined without a container. */
export function stopCommand(ansible: Ansible): { readonly file: string; readonly args: readonly string[] } | undefined {
  if (ansible.kind !== "container") return undefined;
  return { file: ansible.engine, args: ["rm", "--force", ansible.name] };
}
