import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";

import { expect } from "chai";

import { withoutSecrets } from "../../../../engine/property/shape";
import type { PropertyMap } from "../../../../engine/property/value";
import type { ConfiguredProvider } from "../../../../engine/providers/provider";
import { tlsProvider } from "../../../../engine/providers/tls/provider";
import { failureOf } from "../../support/failure";
import { recordingContext } from "../recording";

const TOKEN = "tls:index/getCertificate:getCertificate";

// Made with OpenSSL; what is expected of it is what Go 1.26 tells by the official provider's code.
const ODD = `-----BEGIN CERTIFICATE-----
MIICkjCCAjigAwIBAgIUE6qGO1FzOC1nPj10ozc77/GMzScwCgYIKoZIzj0EAwIw
gZwxCzAJBgNVBAYTAlBUMQ4wDAYDVQQIDAVQb3J0bzEVMBMGA1UECgwMRWRnZSwg
IldhdmUiMQwwCgYDVQQKDANUd28xDjAMBgNVBAsMBSBsZWFkMREwDwYDVQQDDAgj
c2l0ZSDDqTEKMAgGA1UEBRMBNzEUMBIGCSqGSIb3DQEJARYFYUBiLmMxEzARBgoJ
kiaJk/IsZAEZFgNsYW4wHhcNMjYxMTI1MTkwOTQ0WhcNMzYxMTIyMTkwOTQ0WjCB
nDELMAkGA1UEBhMCUFQxDjAMBgNVBAgMBVBvcnRvMRUwEwYDVQQKDAxFZGdlLCAi
V2F2ZSIxDDAKBgNVBAoMA1R3bzEOMAwGA1UECwwFIGxlYWQxETAPBgNVBAMMCCNz
aXRlIMOpMQowCAYDVQQFEwE3MRQwEgYJKoZIhvcNAQkBFgVhQGIuYzETMBEGCgmS
JomT8ixkARkWA2xhbjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAFBGGg8AH8g
IcHIHP7lJF5+j/HHAUiv2w6I9S3grn28IpfBwEA6sSjo9BhzwmUb5FrfGYx28M+r
33wE3sZz9WajVjBUMB0GA1UdDgQWBBSvVU/6fYtA0gt25Xy7SOaI2fFO+DAfBgNV
HSMEGDAWgBSvVU/6fYtA0gt25Xy7SOaI2fFO+DASBgNVHRMBAf8ECDAGAQH/AgEB
MAoGCCqGSM49BAMCA0gAMEUCICFG7GNHMZqM3hP78dby8YwiClWJZ7e81smSgxMI
zM8uAiEAiXiJrkHGMlZQLNrg5+yZhDC5S6HwDjYw3OpBDrk2ICk=
-----END CERTIFICATE-----
`;
const ODD_NAME =
  'SERIALNUMBER=7,CN=\\#site é,OU=\\ lead,O=Edge\\, \\"Wave\\"+O=Two,ST=Porto,C=PT,' +
  "0.9.2342.19200300.100.1.25=#13036c616e,1.2.840.113549.1.9.1=#0c056140622e63";

describe("getCertificate of the tls provider", () => {
  let provider: ConfiguredProvider;
  let folder = "";
  let key = "";
  let authority = "";
  let leaf = "";
  let environment: Record<string, string> = {};
  const servers: Server[] = [];

  const make = async (type: string, inputs: PropertyMap): Promise<Record<string, string>> => {
    const request = { urn: "u", type: `tls:index/${type}`, name: "n", inputs, timeout: 0, preview: false };
    return withoutSecrets((await provider.create(request, recordingContext())).outputs) as Record<string, string>;
  };
  const invoke = async (args: PropertyMap, from: ConfiguredProvider = provider) =>
    await from.invoke(TOKEN, args, recordingContext({ environment }));
  const listening = async (server: Server): Promise<number> => {
    servers.push(server);
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    return (server.address() as AddressInfo).port;
  };

  before(async () => {
    provider = await tlsProvider().configure({}, recordingContext());
    folder = mkdtempSync(join(tmpdir(), "certificates-"));
    const own = await make("privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" });
    key = own["privateKeyPem"] ?? "";
    const ca = await make("selfSignedCert:SelfSignedCert", {
      privateKeyPem: key,
      subject: { commonName: "site ca" },
      isCaCertificate: true,
      validityPeriodHours: 24,
      allowedUses: ["cert_signing"],
    });
    authority = ca["certPem"] ?? "";
    const request = await make("certRequest:CertRequest", {
      privateKeyPem: key,
      subject: { commonName: "gitea" },
      ipAddresses: ["127.0.0.1"],
    });
    const issued = await make("locallySignedCert:LocallySignedCert", {
      caPrivateKeyPem: key,
      caCertPem: authority,
      certRequestPem: request["certRequestPem"] ?? "",
      validityPeriodHours: 12,
      allowedUses: ["server_auth"],
    });
    leaf = issued["certPem"] ?? "";
    writeFileSync(join(folder, "ca.pem"), authority);
    environment = { SSL_CERT_FILE: join(folder, "ca.pem") };
  });
  after(async () => {
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
    rmSync(folder, { recursive: true, force: true });
  });

  const names = (result: PropertyMap) => (result["certificates"] as PropertyMap[]).map(({ subject }) => subject);

  it("tells of one in PEM what the official provider tells, and gives it the same id", async () => {
    const { result, failures } = await invoke({ content: ODD });
    expect(failures).to.deep.equal([]);
    expect(result).to.deep.equal({
      content: ODD,
      verifyChain: true,
      id: "015d7362bac50cafb66565e08cbb5a6d46888323",
      certificates: [
        {
          signatureAlgorithm: "ECDSA-SHA256",
          publicKeyAlgorithm: "ECDSA",
          serialNumber: "112273644560643382312377805872428692928061033767",
          isCa: true,
          maxPathLength: 1,
          version: 3,
          issuer: ODD_NAME,
          subject: ODD_NAME,
          notBefore: "2026-11-25T19:09:44Z",
          notAfter: "2036-11-22T19:09:44Z",
          sha1Fingerprint: "8110fb3f54164a92657272addaf7aca225307a5a",
          certPem: ODD,
        },
      ],
    });
  });

  it("asks for one source, and for content that is a certificate", async () => {
    const failing = async (args: PropertyMap) => (await invoke(args)).failures.map(({ property }) => property);
    expect(await failing({})).to.deep.equal(["url"]);
    expect(await failing({ content: ODD, url: "tls://a:1" })).to.deep.equal(["url"]);
    expect(await failing({ content: ODD, verifyChain: true })).to.deep.equal(["verifyChain"]);
    expect(await failing({ url: "http://a" })).to.deep.equal(["url"]);
    expect((await failureOf(invoke({ content: key }))).message)
      .to.include("EC PRIVATE KEY")
      .and.not.include("MHc");
    expect((await failureOf(invoke({ content: "x" }))).message).to.include("not a valid PEM");
    expect((await failureOf(invoke({ url: "tls://127.0.0.1" }))).message).to.include("Port missing");
  });

  it("looks at a TLS server, the root of the chain first, and verifies it unless told not to", async () => {
    const port = await listening(createTlsServer({ key, cert: leaf + authority }));
    const url = `tls://127.0.0.1:${port}`;
    const { result } = await invoke({ url });
    expect(names(result)).to.deep.equal(["CN=site ca", "CN=gitea"]);
    const [root, own] = result["certificates"] as PropertyMap[];
    expect([root?.["isCa"], own?.["isCa"], own?.["maxPathLength"]]).to.deep.equal([true, false, -1]);
    expect(own?.["serialNumber"]).to.equal(BigInt(`0x${new X509Certificate(leaf).serialNumber}`).toString());
    expect(own?.["certPem"]).to.equal(leaf);
    const trusting = environment;
    environment = {};
    try {
      expect((await failureOf(invoke({ url }))).message).to.include(
        "unable to execute TLS connection towards 127.0.0.1",
      );
      expect(names((await invoke({ url, verifyChain: false })).result)).to.deep.equal(["CN=site ca", "CN=gitea"]);
    } finally {
      environment = trusting;
    }
  });

  it("shows only what the server sends", async () => {
    const port = await listening(createTlsServer({ key, cert: leaf }));
    expect(names((await invoke({ url: `tls://127.0.0.1:${port}` })).result)).to.deep.equal(["CN=gitea"]);
  });

  it("follows an HTTPS server to where it leads, with GET where HEAD is not answered", async () => {
    const target = await listening(
      createHttpsServer({ key, cert: leaf + authority }, (request, response) => {
        if (request.method === "HEAD") request.socket.destroy();
        else response.writeHead(404).end();
      }),
    );
    const first = await listening(
      createHttpsServer({ key, cert: leaf }, (_, response) => {
        response.writeHead(302, { location: `https://127.0.0.1:${target}/` }).end();
      }),
    );
    expect(names((await invoke({ url: `https://127.0.0.1:${first}/x` })).result)).to.deep.equal([
      "CN=site ca",
      "CN=gitea",
    ]);
    const other = createHttpsServer({ key, cert: authority });
    const message = (await failureOf(invoke({ url: `https://127.0.0.1:${await listening(other)}` }))).message;
    expect(message).to.include("failed to fetch certificates");
  });

  it("goes by the proxy of its provider, with a name and a password", async () => {
    const target = await listening(createHttpsServer({ key, cert: leaf }, (_, response) => response.end()));
    const seen: string[] = [];
    const proxy = createHttpServer();
    proxy.on("connect", (request, socket, head) => {
      seen.push(`${request.url} ${request.headers["proxy-authorization"]}`);
      const there = connect(target, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        there.write(head);
        there.pipe(socket).pipe(there);
      });
      there.on("error", () => socket.destroy());
      socket.on("error", () => there.destroy());
    });
    const address = `http://127.0.0.1:${await listening(proxy)}`;
    const settings = { proxy: { url: address, username: "edge", password: "hush" } };
    const behind = await tlsProvider().configure(settings, recordingContext());
    const { result } = await invoke({ url: `https://127.0.0.1:${target}` }, behind);
    expect(names(result)).to.deep.equal(["CN=gitea"]);
    const login = Buffer.from("edge:hush").toString("base64");
    expect(new Set(seen)).to.deep.equal(new Set([`127.0.0.1:${target} Basic ${login}`]));
    const socks = await tlsProvider().configure({ proxy: { url: "socks5://127.0.0.1:1" } }, recordingContext());
    expect((await failureOf(invoke({ url: "https://127.0.0.1" }, socks))).message).to.include("EDGE-TLS-001");
  });

  it("says that nobody answers", async () => {
    const message = (await failureOf(invoke({ url: "tls://127.0.0.1:1" }))).message;
    expect(message).to.include("unable to execute TLS connection towards 127.0.0.1:1");
  });
});
