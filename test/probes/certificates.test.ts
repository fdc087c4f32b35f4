import { expect } from "chai";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { certificatesIn } from "../../probes/certificates/certificate";
import { TestAuthority } from "../support/certificates";
import { aSite } from "../support/fleet";
import { aGate } from "../rollout/gates/aGate";
import { Bench } from "./request";
import { serve, type Server } from "./servers";

const authority = new TestAuthority();
const day = 24;
// The site's link may be down for 72 hours, and the gate's margin is 7 days.
const tooShort = { validHours: 9 * day };
const longEnough = { validHours: 11 * day };

describe("the certificates gate", () => {
  let bench: Bench;
  let rendered: string;
  const servers: Server[] = [];
  beforeEach(() => {
    bench = new Bench();
    rendered = path.join(bench.root, "out", "sites", "porto");
    mkdirSync(path.join(rendered, "images"), { recursive: true });
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    bench.remove();
  });

  const files = () => bench.ask(aGate("certificates"));
  const write = (name: string, content: string | Buffer) => writeFileSync(path.join(rendered, name), content);
  async function listening(wanted: Parameters<TestAuthority["issue"]>[0], requireClientOf?: string): Promise<string> {
    const own = authority.issue(wanted);
    const server = await serve(() => undefined, requireClientOf === undefined ? own : { ...own, requireClientOf });
    servers.push(server);
    return `localhost:${server.port}`;
  }
  const asked = (endpoints: string[], caFile?: string) =>
    bench.ask(aGate("certificates", { endpoints, renderedFiles: false, caFile }));

  describe("of rendered files", () => {
    it("passes when all of them last, and names the first to end", async () => {
      write("images/ca.pem", authority.cert);
      write("server.yaml", `kind: Secret\nstringData:\n  tls.crt: |\n${indented(authority.issue(longEnough).cert)}`);
      expect(await files()).to.match(
        /^pass: 2 certificates are good until after 72 h in the dark and a margin of 168 h, 20.*; the first is server\.yaml \(CN=localhost\) ends 20/,
      );
    });

    it("fails when one ends while the site may be dark, and names it", async () => {
      write("images/ca.pem", authority.cert);
      write("server.pem", `${authority.cert}${authority.issue(tooShort).cert}`);
      expect(await files()).to.match(
        /^fail: not good until after 72 h in the dark and a margin of 168 h, 20.*: server\.pem \(CN=localhost\) ends 20/,
      );
    });

    it("fails with one that has ended", async () => {
      write("old.pem", authority.issue({ validHours: 0 }).cert);
      expect(await files()).to.match(/^fail: .*old\.pem/);
    });

    it("is inconclusive when there are none, and when there are no files", async () => {
      write("notes.txt", "nothing");
      expect(await files()).to.equal("inconclusive: no certificate was found");
      expect(await bench.ask(aGate("certificates"), { site: aSite({ name: "vigo" }) })).to.equal(
        "inconclusive: no certificate was found",
      );
    });

    it("is inconclusive with one that cannot be read, rather than to pass it over", async () => {
      write("good.pem", authority.cert);
      write("bad.pem", authority.cert.replace(/\n[^\n]{20}/, "\nAAAAAAAAAAAAAAAAAAAA"));
      expect(await files()).to.equal("inconclusive: bad.pem holds a certificate that cannot be read");
      write("bad.pem", Buffer.alloc(2 ** 21));
      expect(await files()).to.match(/^inconclusive: .*bad\.pem is larger than 1048576 bytes$/);
    });

    it("does not follow links", async () => {
      write("good.pem", authority.cert);
      bench.file("elsewhere.pem", authority.issue({ validHours: 0 }).cert);
      symlinkSync(path.join(bench.root, "elsewhere.pem"), path.join(rendered, "link.pem"));
      expect(await files()).to.match(/^pass: 1 certificates/);
    });

    it("reads certificates in any text", () => {
      const text = `a\r\n${authority.cert.replaceAll("\n", "\r\n")}b ${authority.cert}`;
      expect(certificatesIn("x", text)).to.have.lengthOf(2);
      expect(certificatesIn("x", "-----BEGIN CERTIFICATE-----")).to.deep.equal([]);
    });
  });

  describe("of TLS servers", () => {
    it("passes when the chain lasts", async () => {
      expect(await asked([await listening(longEnough)])).to.match(
        /^pass: 1 certificates .* localhost:\d+ \(CN=localhost\)/,
      );
    });

    it("fails when one ends too early, even if another server cannot be asked", async () => {
      const gone = await closedPort();
      const found = await asked([`localhost:${gone}`, await listening(tooShort)]);
      expect(found).to.match(/^fail: .*localhost:\d+ \(CN=localhost\) ends 20/);
    });

    it("is inconclusive when a server cannot be asked", async () => {
      const gone = await closedPort();
      expect(await asked([`localhost:${gone}`, await listening(longEnough)])).to.match(
        new RegExp(`^inconclusive: localhost:${gone} cannot be asked: .*ECONNREFUSED`),
      );
    });

    it("is inconclusive with a server that speaks no TLS, or hangs up", async () => {
      const plain = await serve(() => undefined);
      servers.push(plain);
      expect(await asked([`localhost:${plain.port}`])).to.match(/^inconclusive: localhost:\d+ cannot be asked/);
      const rude = net.createServer((socket) => socket.destroy());
      await new Promise<void>((ready) => rude.listen(0, "127.0.0.1", ready));
      const { port } = rude.address() as net.AddressInfo;
      expect(await asked([`127.0.0.1:${port}`])).to.match(/^inconclusive: 127\.0\.0\.1:\d+ c/);
      rude.close();
    });

    it("needs no certificate of its own where clients have to show one", async () => {
      expect(await asked([await listening(longEnough, authority.cert)])).to.match(/^pass/);
    });

    it("asks for trust where it is given authorities", async () => {
      bench.file("ca.pem", authority.cert);
      bench.file("other.pem", new TestAuthority().cert);
      const endpoint = await listening(longEnough);
      expect(await asked([endpoint], "ca.pem")).to.match(/^pass: 2 certificates/);
      expect(await asked([endpoint], "other.pem")).to.match(/^fail: localhost:\d+ is not trusted: \S/);
      const misnamed = await listening({ ...longEnough, dnsNames: ["elsewhere.example"] });
      expect(await asked([misnamed], "ca.pem")).to.match(
        /^fail: localhost:\d+ is not trusted: ERR_TLS_CERT_ALTNAME_INVALID$/,
      );
    });
  });
});

const indented = (text: string): string => text.replace(/^/gm, "    ");

async function closedPort(): Promise<number> {
  const server = await serve(() => undefined);
  await server.stop();
  return server.port;
}
