import { BastionUnreachable, KubesprayFailed } from "../failure";
import { runProgram, type Ended } from "../processes";
import { sshTrouble } from "./said";

/** An ssh that a run makes all of its connections with. */
export interface SshClient {
  /** Absolute path of the configuration; see `sshConfig`. */
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Login {
  readonly user: string;
  readonly address: string;
  readonly port: number;
}

/** Tries at the bastion before its site counts as one without a link. */
const tries = 3;
/** Between them, in milliseconds. */
const pause = 1_000;

/**
 * Logs in at the bastion, and leaves the shared connection open for what follows.
 * @throws BastionUnreachable if nobody answers, KubesprayFailed for a wrong host key or a refused login.
 */
export async function openBastion(client: SshClient, bastion: Login): Promise<void> {
  const name = `${bastion.user}@${bastion.address}:${bastion.port}`;
  for (let attempt = 1; ; attempt += 1) {
    const { code, stderr } = await ssh(client, bastion.address, ["true"]);
    if (code === 0) return;
    const trouble = sshTrouble(stderr);
    if (trouble.kind === "silent" && attempt < tries) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      continue;
    }
    if (trouble.kind === "silent") throw new BastionUnreachable(name, tries, trouble.why);
    throw asFailure(trouble, `the bastion ${name}`);
  }
}

/**
 * Whether a node answers, through the bastion.
 * @throws KubesprayFailed for a wrong host key: such a node is not dead, it is another machine.
 */
export async function answers(client: SshClient, address: string): Promise<boolean> {
  const { code, stderr } = await ssh(client, address, ["true"]);
  if (code === 0) return true;
  const trouble = sshTrouble(stderr);
  if (trouble.kind === "host-key") throw asFailure(trouble, `the node at ${address}`);
  return false;
}

/** Runs a command at a host and gives what it wrote. @throws KubesprayFailed */
export async function output(client: SshClient, address: string, command: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ssh(client, address, command);
  if (code === 0) return stdout;
  const trouble = sshTrouble(stderr);
  if (trouble.kind === "other") throw new KubesprayFailed("EDGE-KUBESPRAY-011", `${address}: ${trouble.why}`);
  throw asFailure(trouble, `the node at ${address}`);
}

/** Ends the shared connection to the bastion. */
export async function closeBastion(client: SshClient, address: string): Promise<void> {
  const args = ["-F", client.config, "-O", "exit", address];
  await runProgram("ssh", args, { env: client.env, signal: new AbortController().signal, timeout: 5_000 }).catch(
    () => undefined,
  );
}

function ssh(client: SshClient, address: string, command: readonly string[]): Promise<Ended> {
  const { config, env, signal } = client;
  return runProgram("ssh", ["-F", config, address, ...command], { env, signal, timeout: 90_000 });
}

function asFailure({ kind, why }: ReturnType<typeof sshTrouble>, whom: string): KubesprayFailed {
  if (kind === "host-key") {
    return new KubesprayFailed("EDGE-KUBESPRAY-007", `${whom} has another host key than the site's file says: ${why}`);
  }
  if (kind === "login") return new KubesprayFailed("EDGE-KUBESPRAY-008", `${whom} refuses the login: ${why}`);
  return new KubesprayFailed("EDGE-KUBESPRAY-008", `no login at ${whom}: ${why}`);
}
