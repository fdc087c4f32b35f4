import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Order } from "../components/kubespray/day2/order";
import type { SpecifiedNode } from "../components/kubespray/day2/specification";
import { plainEnvironment } from "./ansible/environment";
import { Held, holdLock } from "./lock";
import { KubesprayFailed } from "./failure";
import { endRun, runMark } from "./processes";
import type { KubespraySettings } from "./settings";
import { closeBastion, openBastion, type SshClient } from "./ssh/client";
import { knownHostsText, sshConfig } from "./ssh/config";

/** A site whose bastion is logged in at, with a folder for one run. */
export interface OpenSite {
  /** Absolute; removed after the run. */
  readonly run: string;
  readonly client: SshClient;
  readonly env: Readonly<Record<string, string>>;
}

export interface SiteInputs {
  readonly order: Order;
  readonly settings: KubespraySettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** A socket's path has at most 104 characters, and ssh and Ansible put up to 40 behind the folder. */
const longestRunFolder = 50;

/**
 * Works on a site with nobody else at it.
 * @param nodes everybody who may be connected to.
 * @throws BastionUnreachable, KubesprayFailed, or what `use` throws.
 */
export async function withSite<T>(
  { order, settings, env: around, signal }: SiteInputs,
  nodes: readonly SpecifiedNode[],
  use: (site: OpenSite) => Promise<T>,
): Promise<T> {
  const release = await holdSite(order.recordDirectory, signal);
  const mark = randomUUID();
  const env: Readonly<Record<string, string>> = { ...plainEnvironment(around), [runMark]: mark };
  const run = await makeRunFolder(env["TMPDIR"]);
  const config = path.join(run, "ssh_config");
  const knownHosts = path.join(run, "known_hosts");
  const files = { key: settings.sshKey, knownHosts, sockets: path.join(run, "cp") };
  const client = { config, env, signal };
  try {
    await mkdir(files.sockets, { mode: 0o700 });
    await writeFile(knownHosts, knownHostsText(order, nodes), { mode: 0o600 });
    await writeFile(config, sshConfig(order, nodes, { ...files, silenceSeconds: settings.silenceSeconds }));
    await openBastion(client, order.bastion);
    return await use({ run, client, env });
  } finally {
    await closeBastion(client, order.bastion.address);
    endRun(mark);
    await rm(run, { recursive: true, force: true });
    await release();
  }
}

async function holdSite(recordDirectory: string, signal: AbortSignal): Promise<() => Promise<void>> {
  await mkdir(recordDirectory, { recursive: true, mode: 0o700 });
  try {
    return await holdLock(path.join(recordDirectory, "lock"), { wait: false, signal });
  } catch (error) {
    if (!(error instanceof Held)) throw error;
    throw new KubesprayFailed("EDGE-KUBESPRAY-012", `another run is at the site: ${error.message}`, { cause: error });
  }
}

async function makeRunFolder(temporary: string | undefined): Promise<string> {
  const short = temporary !== undefined && temporary.length + 10 <= longestRunFolder ? temporary : "/tmp";
  return mkdtemp(path.join(short, "ew-"));
}
