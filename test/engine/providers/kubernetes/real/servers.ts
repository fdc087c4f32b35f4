import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The users of the cluster's token file: one who may do all, and one who may only what a test grants. */
export const tokens = { admin: "admin-token", guest: "guest-token" };

/** etcd, kube-apiserver and, where it is there, kube-controller-manager, on loopback ports with certificates and RBAC. */
export class Servers {
  private readonly running: ChildProcess[] = [];

  private constructor(
    private readonly assets: string,
    private readonly folder: string,
  ) {}

  address = "";
  /** The certificate that the API server made for itself, in PEM. */
  certificate = "";

  /** @param more arguments of the API server. */
  static async start(assets: string, controllers: boolean, more: readonly string[] = []): Promise<Servers> {
    const servers = new Servers(assets, await mkdtemp(path.join(tmpdir(), "edgewave-cluster-")));
    try {
      await servers.startAll(controllers, more);
      return servers;
    } catch (error) {
      await servers.stop();
      throw error;
    }
  }

  kubeconfig(token: string): string {
    const ca = Buffer.from(this.certificate).toString("base64");
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "site", cluster: { server: this.address, "certificate-authority-data": ca } }],
      users: [{ name: "user", user: { token } }],
      contexts: [{ name: "site", context: { cluster: "site", user: "user" } }],
      "current-context": "site",
    });
  }

  async stop(): Promise<void> {
    for (const child of this.running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  private async startAll(controllers: boolean, more: readonly string[]): Promise<void> {
    const [client, peer, secure, health] = (await freePorts(4)) as [number, number, number, number];
    const store = `http://127.0.0.1:${client}`;
    const peers = `http://127.0.0.1:${peer}`;
    this.run("etcd", [
      `--data-dir=${this.file("etcd")}`,
      `--listen-client-urls=${store}`,
      `--advertise-client-urls=${store}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      "--unsafe-no-fsync",
    ]);
    const { privateKey, publicKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    await writeFile(this.file("sa.key"), privateKey, { mode: 0o600 });
    await writeFile(this.file("sa.pub"), publicKey);
    const users = `${tokens.admin},admin,1,"system:masters"\n${tokens.guest},guest,2\n`;
    await writeFile(this.file("tokens.csv"), users, { mode: 0o600 });
    this.run("kube-apiserver", [
      `--etcd-servers=${store}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${secure}`,
      `--cert-dir=${this.file("certificates")}`,
      `--token-auth-file=${this.file("tokens.csv")}`,
      `--service-account-key-file=${this.file("sa.pub")}`,
      `--service-account-signing-key-file=${this.file("sa.key")}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      "--service-cluster-ip-range=10.255.0.0/24",
      "--authorization-mode=RBAC",
      ...(controllers ? [] : ["--disable-admission-plugins=ServiceAccount"]),
      ...more,
    ]);
    this.address = `https://127.0.0.1:${secure}`;
    await this.ready("/readyz");
    if (!controllers) return;
    const config = this.file("admin.json");
    await writeFile(config, this.kubeconfig(tokens.admin), { mode: 0o600 });
    this.run("kube-controller-manager", [
      `--kubeconfig=${config}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${health}`,
      `--service-account-private-key-file=${this.file("sa.key")}`,
      `--root-ca-file=${this.file("certificates/apiserver.crt")}`,
      "--leader-elect=false",
      // The nodes that tests play have no heart to beat.
      "--controllers=*,-node-lifecycle-controller",
    ]);
    // Namespaces without their own service account take no pods: that it is there shows that the controllers work.
    await this.ready("/api/v1/namespaces/default/serviceaccounts/default");
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }

  private run(program: string, args: readonly string[]): void {
    const log = openSync(this.file(`${program}.log`), "a");
    const child = spawn(path.join(this.assets, program), args, { stdio: ["ignore", log, log] });
    this.running.push(child);
    // A test run that is cut off leaves no server behind.
    process.once("exit", () => child.kill("SIGKILL"));
  }

  /** Waits until the API server answers a request well; no longer than its start may take on a busy machine. */
  private async ready(at: string): Promise<void> {
    for (let attempt = 0; attempt < 900; attempt++) {
      const dead = this.running.find((child) => child.exitCode !== null || child.signalCode !== null);
      if (dead !== undefined) throw new Error(`${dead.spawnfile} has ended:\n${this.lastWords(dead)}`);
      if (await this.answers(at)) return;
      await sleep(200);
    }
    throw new Error(`the cluster does not answer ${at}:\n${this.lastWords(this.running.at(-1))}`);
  }

  private async answers(at: string): Promise<boolean> {
    try {
      this.certificate = readFileSync(this.file("certificates/apiserver.crt"), "utf8");
    } catch {
      return false;
    }
    const headers = { authorization: `Bearer ${tokens.admin}` };
    return await new Promise((resolve) => {
      get(`${this.address}${at}`, { ca: this.certificate, headers, agent: false }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode === 200));
      }).on("error", () => resolve(false));
    });
  }

  private lastWords(child: ChildProcess | undefined): string {
    if (child === undefined) return "";
    return readFileSync(this.file(`${path.basename(child.spawnfile)}.log`), "utf8").slice(-3000);
  }
}

/** Ports that are free at the moment; all are taken before the first is given back, so that they differ. */
export async function freePorts(count: number): Promise<number[]> {
  const held = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(held.map((server) => once(server, "listening")));
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}
