import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { BastionUnreachable, KubesprayFailed } from "../../kubespray/failure";
import { openTunnel, type Tunnel } from "../../kubespray/ssh/tunnel";
import { needsHosts, SiteNetwork } from "./network";

describe("the tunnel through a real bastion", function () {
  this.timeout(120_000);
  let folder: string;
  let network: SiteNetwork;

  before(async function () {
    needsHosts(this);
    folder = mkdtempSync(path.join(tmpdir(), "ew-tunnel-"));
    network = await SiteNetwork.start(folder, { cp: 11 });
  });
  after(() => {
    network?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const open = (hostKey = network.host("bastion").hostKey): Promise<Tunnel> =>
    openTunnel({
      bastion: { user: "root", address: network.host("bastion").address, port: 22, hostKeys: [hostKey] },
      recordDirectory: path.join(folder, "record"),
      settings: { sshKey: network.key, silenceSeconds: 10 },
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
      scratch: folder,
      signal: new AbortController().signal,
    });

  /** What a node's sshd says first, asked through the proxy (RFC 1928). */
  const greeting = (proxy: string, address: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(proxy).port), "127.0.0.1");
      let step = 0;
      socket.on("error", reject);
      socket.on("data", (data: Buffer) => {
        step += 1;
        if (step === 1) return void socket.write(Buffer.of(5, 1, 0, 1, ...address.split(".").map(Number), 0, 22));
        const said = data.toString("latin1");
        if (!said.includes("SSH-2.0")) return;
        socket.destroy();
        resolve(said.slice(said.indexOf("SSH-2.0")));
      });
      socket.write(Buffer.of(5, 1, 0));
    });

  it("leads to nodes that only the bastion reaches, and leaves nothing when it is closed", async () => {
    const tunnel = await open();
    expect(await greeting(tunnel.proxy, network.host("cp").address)).to.match(/^SSH-2\.0-OpenSSH/);
    await tunnel.close();
    await expectRefused(tunnel.proxy);
  });

  it("has the same port the next time, because the kubeconfig in the state names it", async () => {
    const first = await open();
    await first.close();
    const second = await open();
    expect(second.proxy).to.equal(first.proxy);
    expect(readFileSync(path.join(folder, "record", "proxy-port"), "utf8")).to.contain(new URL(first.proxy).port);
    // While it is open, another one has to take another port.
    const third = await open();
    expect(third.proxy).not.to.equal(second.proxy);
    await Promise.all([second.close(), third.close()]);
  });

  it("is not opened to a bastion with another host key", async () => {
    const error = await open(network.host("cp").hostKey).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(KubesprayFailed);
    expect((error as Error).message).to.contain("EDGE-KUBESPRAY-007");
  });

  it("says that nobody answers where nobody does", async () => {
    network.die("bastion");
    const error = await open().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(BastionUnreachable);
    expect(existsSync(path.join(folder, "t-"))).to.equal(false);
    await network.revive("bastion");
  });

  const expectRefused = (proxy: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(proxy).port), "127.0.0.1", () => reject(new Error("it still listens")));
      socket.once("error", () => resolve());
    });
});
