import path from "node:path";
import { z } from "zod";
import { durationSeconds } from "../fleet/schema/quantity";
import { KubesprayFailed } from "./failure";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Ansible is from. */
export type AnsibleSource =
  /** Made from the pinned requirements, in the user's cache. */
  | { readonly kind: "pinned"; readonly python: string | undefined; readonly wheelhouse: string | undefined }
  /** A virtual environment that is there. */
  | { readonly kind: "venv"; readonly folder: string }
  /** Kubespray's container image. */
  | { readonly kind: "container"; readonly engine: string; readonly image: string };

/** What the machine of the driver is told once, and no site's file says. */
export interface KubespraySettings {
  /** Absolute path of the private key for bastions and nodes. */
  readonly sshKey: string;
  /** A checkout, a bare repository, a Git URL or a `git bundle`. */
  readonly source: string;
  /** Undefined takes the one that is pinned for the tag. */
  readonly commit: string | undefined;
  readonly ansible: AnsibleSource;
  /** Absolute path of a playbook that is run in place of the site's own prepare-nodes.yml; undefined for that. */
  readonly preparePlaybook: string | undefined;
  /** The site's secrets by Ansible variable, from its stack. */
  readonly nodeVariables: Readonly<Record<string, string>>;
  /** Folder for trees and environments that are made once. */
  readonly cache: string;
  /** Hosts that Ansible works on at a time. */
  readonly forks: number;
  /** For one playbook. */
  readonly stepSeconds: number;
  /** A connection that says nothing for so long is given up. */
  readonly silenceSeconds: number;
}

/** `https://`, `ssh://`, `file://`, or an absolute path once it is resolved. */
const gitUrl = /^(https|ssh|file|git):\/\/[^\s"]+$/;

/**
 * Reads settings from the environment.
 * @param cwd absolute; relative paths are below it.
 * @throws KubesprayFailed `EDGE-KUBESPRAY-001` with everything that is missing or wrong.
 */
export function readSettings(env: Environment, cwd: string): KubespraySettings {
  const wrong: string[] = [];
  const file = (name: string) => (env[name] ? path.resolve(cwd, env[name]) : undefined);
  const sshKey = file("EDGEWAVE_SSH_KEY_FILE");
  if (sshKey === undefined) wrong.push("EDGEWAVE_SSH_KEY_FILE names no private key for the bastion and the nodes");
  const source = sourceOf(env, cwd, wrong);
  const commit = env["EDGEWAVE_KUBESPRAY_COMMIT"] || undefined;
  if (commit !== undefined && !/^[0-9a-f]{40}$/.test(commit)) wrong.push("EDGEWAVE_KUBESPRAY_COMMIT is no commit");
  const ansible = ansibleOf(env, file, wrong);
  const forks = whole(env, "EDGEWAVE_ANSIBLE_FORKS", 10, wrong);
  const stepSeconds = seconds(env, "EDGEWAVE_STEP_TIMEOUT", 3 * 3600, wrong);
  const silenceSeconds = seconds(env, "EDGEWAVE_SSH_SILENCE", 60, wrong);
  const nodeVariables = nodeVariablesOf(env, wrong);
  for (const value of [sshKey, ...(source === undefined ? [] : [source])]) {
    if (value !== undefined && /["\u0000-\u001f]/.test(value)) wrong.push(`${JSON.stringify(value)} has a quote in it`);
  }
  if (sshKey === undefined || source === undefined || wrong.length > 0) {
    throw new KubesprayFailed("EDGE-KUBESPRAY-001", wrong.join("; "));
  }
  const cache = path.join(env["XDG_CACHE_HOME"] || path.join(env["HOME"] ?? cwd, ".cache"), "edgewave");
  const preparePlaybook = file("EDGEWAVE_PREPARE_PLAYBOOK");
  return { sshKey, source, commit, ansible, preparePlaybook, nodeVariables, cache, forks, stepSeconds, silenceSeconds };
}

/** Names of everything that `readSettings` reads, for whoever starts the runner with little of its environment. */
export const settingNames = [
  "EDGEWAVE_SSH_KEY_FILE",
  "EDGEWAVE_KUBESPRAY",
  "EDGEWAVE_KUBESPRAY_COMMIT",
  "EDGEWAVE_ANSIBLE_VENV",
  "EDGEWAVE_ANSIBLE_IMAGE",
  "EDGEWAVE_CONTAINER_ENGINE",
  "EDGEWAVE_PREPARE_PLAYBOOK",
  "EDGEWAVE_PYTHON",
  "EDGEWAVE_WHEELHOUSE",
  "EDGEWAVE_ANSIBLE_FORKS",
  "EDGEWAVE_STEP_TIMEOUT",
  "EDGEWAVE_SSH_SILENCE",
] as const;

/** What a site's stack gives the runner beside the order, in JSON; secret. */
const nodeVariablesSetting = "EDGEWAVE_NODE_VARIABLES";
const nodeVariablesForm = z.record(z.string().regex(/^edgewave_[a-z_]+$/), z.string());

function nodeVariablesOf(env: Environment, wrong: string[]): Readonly<Record<string, string>> {
  try {
    return nodeVariablesForm.parse(JSON.parse(env[nodeVariablesSetting] || "{}"));
  } catch {
    // The message would quote what must not be shown.
    wrong.push(`${nodeVariablesSetting} does not hold texts by the names of edgewave's variables`);
    return {};
  }
}

function sourceOf(env: Environment, cwd: string, wrong: string[]): string | undefined {
  const given = env["EDGEWAVE_KUBESPRAY"];
  if (!given) {
    wrong.push("EDGEWAVE_KUBESPRAY names no checkout, Git mirror or bundle of Kubespray");
    return undefined;
  }
  if (gitUrl.test(given)) return given;
  if (/^[a-z]+::?\/?\//i.test(given) || given.includes("::")) {
    wrong.push(`EDGEWAVE_KUBESPRAY ${JSON.stringify(given)} is neither a path nor an https, ssh, git or file URL`);
    return undefined;
  }
  return path.resolve(cwd, given);
}

function ansibleOf(env: Environment, file: (name: string) => string | undefined, wrong: string[]): AnsibleSource {
  const folder = file("EDGEWAVE_ANSIBLE_VENV");
  const image = env["EDGEWAVE_ANSIBLE_IMAGE"];
  if (folder !== undefined && image) wrong.push("EDGEWAVE_ANSIBLE_VENV and EDGEWAVE_ANSIBLE_IMAGE exclude each other");
  if (folder !== undefined) return { kind: "venv", folder };
  if (image) {
    if (!/^[a-z0-9][\w./:@-]*$/.test(image)) wrong.push(`EDGEWAVE_ANSIBLE_IMAGE ${JSON.stringify(image)} is no image`);
    return { kind: "container", engine: env["EDGEWAVE_CONTAINER_ENGINE"] || "podman", image };
  }
  return { kind: "pinned", python: env["EDGEWAVE_PYTHON"] || undefined, wheelhouse: file("EDGEWAVE_WHEELHOUSE") };
}

function whole(env: Environment, name: string, usual: number, wrong: string[]): number {
  const given = env[name];
  if (!given) return usual;
  if (/^[1-9]\d{0,3}$/.test(given)) return Number(given);
  wrong.push(`${name} ${JSON.stringify(given)} is no number from 1 to 9999`);
  return usual;
}

function seconds(env: Environment, name: string, usual: number, wrong: string[]): number {
  const given = env[name];
  if (!given) return usual;
  const read = durationSeconds.safeParse(given);
  if (read.success && read.data > 0) return read.data;
  wrong.push(`${name} ${JSON.stringify(given)} is no duration, such as 90s or 2h`);
  return usual;
}
