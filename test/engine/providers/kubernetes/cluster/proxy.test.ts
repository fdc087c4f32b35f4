import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TLSSocket } from "node:tls";
import { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { Connection } from "../../../../../engine/providers/kubernetes/cluster/connection";
import { TestAuthority } from "../../../../support/certificates";
import { SocksServer } from "../../../../support/socksServer";

describe("an API server behind the proxy-url of a kubeconfig", () => {
  let server: Server;
  let socks: SocksServer;
  let kubeconfig: object;

  before(async () => {
    const authority = new TestAuthority();
    const own = authority.issue();
    const client = authority.issue({ commonName: "admin" });
    server = createServer(
      { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        const { subject } = (request.socket as TLSSocket).getPeerCertificate();
        response.end(`${request.url} for ${subject.CN}`);
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    socks = await SocksServer.start();
    const data = (pem: string) => Buffer.from(pem).toString("base64");
    const address = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    kubeconfig = {
      clusters: [
        {
          name: "c",
          cluster: { server: address, "certificate-authority-data": data(authority.cert), "proxy-url": socks.url },
        },
      ],
      users: [
        { name: "u", user: { "client-certificate-data": data(client.cert), "client-key-data": data(client.key) } },
      ],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    };
  });
  after(() => {
    socks.stop();
    server.closeAllConnections();
    server.close();
  });

  it("is asked through it, request after request, with its certificate checked and the user's shown", async () => {
    const config = new KubeConfig();
    config.loadFromString(JSON.stringify(kubeconfig));
    const connection = new Connection(config);
    const { signal } = new AbortController();
    for (const path of ["/version", "/readyz"]) {
      const answer = await connection.open({ method: "GET", path, signal });
      expect(await text(answer)).to.equal(`${path} for admin`);
    }
    expect(new Set(socks.asked)).to.deep.equal(new Set([`127.0.0.1:${(server.address() as AddressInfo).port}`]));
    connection.close();
  });
});
