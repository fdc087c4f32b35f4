import { expect } from "chai";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { reportParts } from "../../../components/reporter/address";
import { TestAuthority } from "../../support/certificates";
import { needsSshKeygen } from "../../support/sshKeygen";
import { ReporterBench } from "./reporterBench";

/** Programs of the script that Gitea's image has as packages; all others are busybox's there. */
const packages = ["bash", "curl", "git", "ssh-keygen"];
const applets = "awk cat date grep head mktemp rm sed sh tail timeout tr wc".split(" ");
const missing = [...packages, ...applets].filter((name) => spawnSync(name, ["--version"]).error !== undefined);

describe("the reporter's script", function () {
  this.timeout(60_000);
  let bench: ReporterBench;
  before(function () {
    needsSshKeygen(this);
    if (missing.length === 0) return;
    console.log(`      skipped: ${missing.join(", ")} not on the PATH`);
    this.skip();
  });
  beforeEach(async () => {
    bench = await ReporterBench.make();
  });
  afterEach(() => bench.stop());

  it("reports what everybody on the site answers, byte for byte", async () => {
    const table = '{"kind":"Table","rows":[{"cells":["a \\"quoted\\" \\\\ name","é"]}]}';
    bench.answers.api["/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"] = [200, table];
    bench.answers.api["/version"] = [200, '{\n  "gitVersion": "v1.35.4"\n}\n'];
    bench.answers.prometheus["/api/v1/query"] = [200, '{"status":"success"}'];
    const head = bench.commit("deploy", "deploy", "a release");
    expect(await bench.run()).to.deep.include({ code: 0 });

    const { form, site, intervalSeconds, contact, parts } = bench.report();
    expect([form, site, intervalSeconds]).to.deep.equal(["edgewave.dev/site-report/v1", "porto", 1800]);
    expect(Object.keys(parts)).to.deep.equal([...reportParts]);
    expect(parts["kustomizations"]).to.deep.equal({ answer: table });
    expect(JSON.parse(parts["kubernetes"]!.answer!)).to.deep.equal({ gitVersion: "v1.35.4" });
    expect(parts["gitea"]).to.deep.equal({ answer: '{"version":"1.26.1"}' });
    expect(parts["deployRefs"]).to.deep.equal({ answer: `${head} refs/heads/deploy` });
    expect(parts["bufferMessages"]).to.deep.equal({ answer: '{"status":"success"}' });
    expect(Date.parse(contact!.hubDate)).to.be.closeTo(Date.parse(contact!.at), 2000);
  });

  it("asks for tables without the objects, with the account's token and each query as it was planned", async () => {
    await bench.run();
    const asked = bench.servers.api.requests
      .filter(({ url }) => url !== "/")
      .map(({ url, headers }) => [url, headers.authorization, headers.accept]);
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io, application/json";
    expect(asked).to.deep.include([
      "/apis/helm.toolkit.fluxcd.io/v2/helmreleases?includeObject=None&limit=500",
      "Bearer a token of the account",
      accept,
    ]);
    expect(asked).to.have.length(5);
    const queries = bench.servers.prometheus.requests.map(({ url }) =>
      new URL(url!, "http://localhost").searchParams.get("query"),
    );
    expect(queries).to.include('sum(rabbitmq_queue_messages{namespace="ingestion"})');
    expect(queries).to.include("node_timex_offset_seconds");
  });

  it("reports the ends of certificates, whoever signed them, and none of an address that does not answer", async () => {
    await bench.run();
    const lines = bench.report().parts["certificates"]!.answer!.split("\n");
    expect(lines.map((line) => line.split(" ")[0])).to.deep.equal(["gitea", "api-server", "mqtt"]);
    const [, ends = ""] = /^gitea (.+)$/.exec(lines[0]!) ?? [];
    expect(Date.parse(ends)).to.be.closeTo(Date.now() + 365 * 86_400_000, 2 * 86_400_000);
    expect(lines[2]).to.equal("mqtt ");
  });

  it("says of each part that has no answer why, and still reports the others", async () => {
    bench.answers.api["/api/v1/nodes"] = [403, "{}"];
    bench.answers.prometheus["/api/v1/query"] = [200, `"${"x".repeat(20_000)}"`];
    bench.settings = { API: "https://localhost:1" };
    expect(await bench.run()).to.deep.include({ code: 0 });
    const { parts } = bench.report();
    expect(parts["kustomizations"]!.error).to.match(/^curl: \(7\) Failed to connect to localhost port 1/);
    expect(parts["bufferFill"]).to.deep.equal({ error: "the answer has more than 16384 bytes" });
    bench.settings = {};
    await bench.run();
    expect(bench.report().parts["nodes"]).to.deep.equal({ error: "HTTP status 403" });
    expect(bench.report().parts["helmReleases"]).to.deep.equal({ error: "HTTP status 404" });
  });

  it("survives answers that are no text", async () => {
    bench.answers.api["/version"] = [200, "\u0000\u0001\u007f\r\n<html>\\u0000\"'`$(id)\ttab\u001b[2J"];
    await bench.run();
    expect(bench.report().parts["kubernetes"]).to.deep.equal({ answer: "\n<html>\\u0000\"'`$(id) tab[2J" });
  });

  it("signs the report with the site's key, for reports alone", async () => {
    await bench.run();
    for (const suffix of ["", ".sig"]) {
      writeFileSync(path.join(bench.root, `status.json${suffix}`), bench.git("show", `status:status.json${suffix}`));
    }
    const verify = (namespace: string, text: string) =>
      spawnSync(
        "ssh-keygen",
        [
          "-Y",
          "verify",
          "-n",
          namespace,
          "-f",
          bench.signers,
          "-I",
          "porto",
          "-s",
          path.join(bench.root, "status.json.sig"),
        ],
        { input: text },
      ).status;
    const text = bench.git("show", "status:status.json");
    expect(verify("edgewave-report", text)).to.equal(0);
    expect(verify("edgewave-report", `${text} `)).not.to.equal(0);
    expect(verify("git", text)).not.to.equal(0);
  });

  it("keeps one commit however often it reports, and touches no other branch", async () => {
    const main = bench.commit("site", "main", "a local change");
    for (let times = 0; times < 3; times += 1) expect(await bench.run()).to.deep.include({ code: 0 });
    expect(bench.git("rev-list", "--count", "status").trim()).to.equal("1");
    expect(bench.git("rev-parse", "main").trim()).to.equal(main);
    expect(bench.git("for-each-ref", "--format=%(refname)").trim().split("\n")).to.have.length(2);
    expect(bench.report().parts["siteRefs"]!.answer).to.include(`${main} refs/heads/main`);
  });

  it("keeps the time of the last contact while the hub is away, and has none before the first", async () => {
    const away = { HUB: "http://localhost:1" };
    bench.settings = away;
    await bench.run();
    expect(bench.report().contact).to.equal(null);
    bench.settings = {};
    await bench.run();
    const { contact } = bench.report();
    bench.settings = away;
    await bench.run();
    await bench.run();
    expect(contact).not.to.equal(null);
    expect(bench.report().contact).to.deep.equal(contact);
  });

  it("trusts a hub by the hub's own authority, and by that alone", async () => {
    const own = await ReporterBench.make(new TestAuthority());
    try {
      // Whom the site's own servers are trusted by says nothing of the hub's.
      own.settings = { HUB_AUTHORITY: path.join(own.root, "secrets", "ca.crt") };
      await own.run();
      expect(own.report().contact).to.equal(null);
      expect(own.servers.hub.requests).to.have.length(0);
      own.settings = {};
      await own.run();
      expect(own.report().contact).not.to.equal(null);
    } finally {
      await own.stop();
    }
  });

  it("fails, and says so, when it cannot push", async () => {
    bench.settings = { GITEA: "https://localhost:1" };
    const { code, said } = await bench.run();
    expect(code).to.equal(1);
    expect(said).to.match(/could not be pushed/);
  });

  it("puts no secret on a command line, in what it says, or in the report, and leaves nothing behind", async () => {
    // Each program tells its arguments before it does its work.
    const bin = path.join(bench.root, "bin");
    const log = path.join(bench.root, "arguments");
    mkdirSync(bin);
    for (const name of packages.slice(1)) {
      const real = execFileSync("which", [name], { encoding: "utf8" }).trim();
      writeFileSync(path.join(bin, name), `#!/bin/sh\necho ${name} "$@" >>${log}\nexec ${real} "$@"\n`, {
        mode: 0o755,
      });
    }
    const { code, said } = await bench.run(`${bin}:${process.env["PATH"]}`);
    expect(code).to.equal(0);
    const all = [execFileSync("cat", [log], { encoding: "utf8" }), said, bench.git("show", "status:status.json")];
    for (const text of all) expect(text).not.to.match(/a password of|a token of|PRIVATE KEY/);
    expect(all[0]).to.include("curl --silent");
    expect(readdirSync(path.join(bench.root, "work"))).to.deep.equal([]);
  });

  it("works with busybox's tools, as in Gitea's image", async function () {
    if (spawnSync("busybox", ["true"]).error !== undefined) {
      console.log("      skipped: there is no busybox on the PATH");
      return this.skip();
    }
    const bin = path.join(bench.root, "bin");
    mkdirSync(bin);
    const where = (name: string) => execFileSync("which", [name], { encoding: "utf8" }).trim();
    for (const name of packages) symlinkSync(where(name), path.join(bin, name));
    for (const name of applets) symlinkSync(where("busybox"), path.join(bin, name));
    bench.answers.api["/version"] = [200, '{\n\t"gitVersion": "v1.35.4 \\\\ é"\n}\n'];
    expect(await bench.run(bin)).to.deep.include({ code: 0 });
    expect(JSON.parse(bench.report().parts["kubernetes"]!.answer!)).to.deep.equal({ gitVersion: "v1.35.4 \\ é" });
    const [first = ""] = bench.report().parts["certificates"]!.answer!.split("\n");
    expect(first).to.match(/^gitea \w+ +\d+ [\d:]+ \d{4} GMT$/);
    expect(bench.report().contact).not.to.equal(null);
  });
});
