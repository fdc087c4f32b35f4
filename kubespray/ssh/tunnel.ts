import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createConnection, createServer } from "node:net";
import path from "node:path";
import type { Order } from "../../components/kubespray/day2/order";
import { plainEnvironment } from "../ansible/environment";
import { KubesprayFailed } from "../failure";
import { endRun, runMark } from "../processes";
import type { KubespraySettings } from "../settings";
import { openBastion, type SshClient } from "./client";
import { knownHostsText, sshConfig } from "./config";

export interface TunnelInputs {
  readonly bastion: Order["bastion"];
  /** The site's own folder, where its port is kept. */
  readonly recordDirectory: string;
  readonly settings: Pick<KubespraySettings, "sshKey" | "silenceSeconds">;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder for temporary files; short. */
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** A SOCKS server on loopback whose other end is a site's bastion. */
export interface Tunnel {
  /** Such as `socks5://127.0.0.1:40123`. */
  readonly proxy: string;
  close(): Promise<void>;
}

/** How long a tunnel may take to listen, in milliseconds; the bastion has been logged in at by then. */
const patience = 15_000;

/**
 * Opens the way through a bastion, for as long as a run lasts. A site keeps its port from run to run, because the
 * kubeconfig in the stack's state names it.
 * @throws BastionUnreachable if nobody answers, KubesprayFailed for a wrong host key or a refused login.
 */
export async function openTunnel(inputs: TunnelInputs): Promise<Tunnel> {
  const { bastion, settings, signal, scratch, recordDirectory } = inputs;
  const mark = randomUUID();
  const env = { ...plainEnvironment(inputs.env), [runMark]: mark };
  const folder = await mkdtemp(path.join(scratch, "t-"));
  const client: SshClient = { config: path.join(folder, "ssh_config"), env, signal };
  const knownHosts = path.join(folder, "known_hosts");
  const files = { key: settings.sshKey, knownHosts, sockets: folder, silenceSeconds: settings.silenceSeconds };
  const close = async () => {
    endRun(mark);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(knownHosts, knownHostsText({ bastion, ssh: noNodes, hostKeys: {} }, []), { mode: 0o600 });
    await writeFile(client.config, sshConfig({ bastion, ssh: noNodes }, [], files));
    await openBastion(client, bastion);
    const port = await portOf(recordDirectory);
    const forward = ["-N", "-D", `127.0.0.1:${port}`, "-o", "ExitOnForwardFailure=yes", "-o", "ControlPath=none"];
    const child = spawn("ssh", ["-F", client.config, ...forward, bastion.address], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await listening(child, port, signal);
    return { proxy: `socks5://127.0.0.1:${port}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const noNodes = { user: "nobody", port: 22 };

async function listening(child: ChildProcess, port: number, signal: AbortSignal): Promise<void> {
  let said = "";
  let over = false;
  child.stderr?.on("data", (data: Buffer) => (said = (said + data.toString()).slice(-2000)));
  child.once("error", (error) => ((over = true), (said = error.message)));
  child.once("exit", () => (over = true));
  const until = Date.now() + patience;
  while (Date.now() < until) {
    signal.throwIfAborted();
    if (over) break;
    if (await connects(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new KubesprayFailed("EDGE-KUBESPRAY-008", `the tunnel through the bastion did not open: ${said.trim()}`);
}

/** The site's port from the last time if it is free, else one that is. */
async function portOf(recordDirectory: string): Promise<number> {
  const file = path.join(recordDirectory, "proxy-port");
  const kept = Number(await readFile(file, "utf8").catch(() => ""));
  const port =
    (await freePort(Number.isInteger(kept) && kept > 1023 && kept < 65536 ? kept : 0)) ?? (await freePort(0));
  if (port === undefined) throw new KubesprayFailed("EDGE-KUBESPRAY-008", "no port is free for the tunnel");
  await mkdir(recordDirectory, { recursive: true, mode: 0o700 });
  await writeFile(file, `${port}\n`);
  return port;
}

function freePort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
