import { type ChildProcess, spawn } from "node:child_process";
import { request as ask } from "node:https";
import { createServer, type Server } from "node:https";
import { rmSync } from "node:fs";
import path from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import type { RequestOptions } from "node:https";
import { TestAuthority } from "../support/certificates";

/**
 * Makes an API server of this machine look as if it were that of a site's control plane: it is asked at the node's
 * address, inside the node's network namespace, with a certificate for that address and by a client certificate.
 */
export class ApiFront {
  /** As kubeadm writes it. */
  readonly adminConf: string;

  private constructor(
    adminConf: string,
    private readonly server: Server,
    private readonly socket: string,
    private readonly door: ChildProcess,
  ) {
    this.adminConf = adminConf;
  }

  /**
   * @param kubeconfig of the real API server, of one who may do all.
   * @param address of the control plane.
   * @param space name of its network namespace.
   */
  static async start(folder: string, kubeconfig: string, address: string, space: string): Promise<ApiFront> {
    const authority = new TestAuthority();
    const front = authority.issue({ commonName: "kube-apiserver", ipAddresses: [address] });
    const client = authority.issue({ commonName: "kubernetes-admin" });
    const config = new KubeConfig();
    config.loadFromString(kubeconfig);
    const behind: RequestOptions = {};
    await config.applyToHTTPSOptions(behind);
    const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? "");
    const tls = { cert: front.cert, key: front.key, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    const server = createServer(tls, (incoming, outgoing) => {
      const headers = {
        ...incoming.headers,
        ...(behind.headers as Record<string, string>),
        host: `${hostname}:${port}`,
      };
      const options = { hostname, port, path: incoming.url, method: incoming.method, headers, agent: behind.agent };
      const sent = ask(options as RequestOptions, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      sent.on("error", () => outgoing.destroy());
      outgoing.on("close", () => sent.destroy());
      incoming.pipe(sent);
    });
    const socket = path.join(folder, "api.sock");
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    // The file system is common to all namespaces, so a socket in it leads from one network to the other.
    const relay = `const net = require("node:net");
      net.createServer((c) => { const s = net.connect(process.argv[2]); c.pipe(s).pipe(c);
        c.on("error", () => s.destroy()); s.on("error", () => c.destroy()); })
        .listen(6443, process.argv[1], () => console.log("open"));`;
    const door = spawn("ip", ["netns", "exec", space, process.execPath, "-e", relay, address, socket], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      door.stdout?.once("data", () => resolve());
      door.once("exit", (code) => reject(new Error(`the relay has ended with ${code}`)));
    });
    return new ApiFront(adminConfOf(authority.cert, client), server, socket, door);
  }

  stop(): void {
    this.door.kill("SIGKILL");
    this.server.closeAllConnections();
    this.server.close();
    rmSync(this.socket, { force: true });
  }
}

function adminConfOf(authority: string, { cert, key }: { readonly cert: string; readonly key: string }): string {
  const data = (text: string) => Buffer.from(text).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "cluster.local",
        cluster: { server: "https://127.0.0.1:6443", "certificate-authority-data": data(authority) },
      },
    ],
    users: [
      { name: "kubernetes-admin", user: { "client-certificate-data": data(cert), "client-key-data": data(key) } },
    ],
    contexts: [{ name: "admin", context: { cluster: "cluster.local", user: "kubernetes-admin" } }],
    "current-context": "admin",
  });
}
