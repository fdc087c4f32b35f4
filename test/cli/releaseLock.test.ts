import { expect } from "chai";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { chartsOf, imagesOf } from "../../catalog";
import { runCli } from "../../cli/run";
import type { ReleaseLock } from "../../fleet/model";
import { readFleet } from "../../fleet/read";
import { serve, type Server } from "../probes/servers";
import { TestAuthority } from "../support/certificates";
import { killGroup, startEdgewave } from "../support/edgewave";
import { aFleet, aRelease, aRollout, sites } from "../support/fleet";
import { fleetFiles } from "../support/fleetFiles";
import { recordedIo } from "../support/io";
import { titled, whyMissing } from "../support/program";
import { credentials, Registry } from "../support/registry";

const release = aRelease({ components: {} });
const components = {
  ...{ flux: "2.9.4", gitea: "1.26.1", rabbitmq: "4.3.5", vector: "0.57.0" },
  ...{ loki: "18.11.0", "cert-manager": "v1.21.1" },
};
const fleet = aFleet({
  sites: sites(2, (index) => ({ architecture: index === 0 ? "amd64" : "arm64" })),
  releases: [{ ...release, components }],
  rollouts: [aRollout()],
});
const images = imagesOf({ ...release, components });
const charts = chartsOf({ ...release, components });
const both = [{ architecture: "amd64" }, { architecture: "arm64" }] as const;
const gitea = "docker.gitea.com/gitea";

const missing = whyMissing("docker-registry");
describe(titled("edgewave release lock", missing), function () {
  this.timeout(60_000);
  const authority = new TestAuthority();
  let root: string;
  let registry: Registry;
  let folder: string;
  let count = 0;
  before(async function () {
    if (missing !== undefined) return this.skip();
    root = mkdtempSync(path.join(tmpdir(), "edgewave-lock-"));
    registry = await Registry.start(root, authority);
    for (const { repository, tag, forDriver } of images) {
      if (forDriver === true) await registry.push(repository, "amd64", tag);
      else await registry.pushIndex(repository, tag, both);
    }
    for (const { location, name, version } of charts) await registry.pushChart(location, { name, version });
    writeFileSync(path.join(root, "ca.pem"), authority.cert);
    const auth = Buffer.from(credentials).toString("base64");
    const auths = { [`localhost:${registry.port}`]: { auth }, [`127.0.0.1`]: { auth } };
    writeFileSync(path.join(root, "auth.json"), JSON.stringify({ auths }));
  });
  after(async () => {
    await registry?.stop();
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });
  beforeEach(() => {
    folder = path.join(root, `fleet-${(count += 1)}`);
    for (const { path: name, text } of fleetFiles(fleet)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
  });

  const arguments_ = (...more: string[]) => [
    ...["release", "lock", "--fleet", folder, "--out", path.join(folder, "out")],
    ...["--ca-file", path.join(root, "ca.pem"), "--auth-file", path.join(root, "auth.json")],
    ...(more.includes("--via") ? [] : ["--via", `https://localhost:${registry.port}`]),
    ...more,
  ];
  const lock = async (...more: string[]) => {
    const io = recordedIo(root);
    const code = await runCli(arguments_(...more), io);
    return { code, out: io.out(), err: io.err() };
  };
  const text = (name: string) => readFileSync(path.join(folder, "releases", name), "utf8");
  const lockFile = () => text("2026.11.0.lock.json");

  it("writes the digests of every image and chart and lets the release name the file, which then passes the checks", async () => {
    const { code, out, err } = await lock();
    expect({ code, err }).to.deep.equal({ code: 0, err: "" });
    expect(out).to.contain(`locked: 2026.11.0, ${images.length} images and ${charts.length} charts in `);
    const read = await readFleet(folder);
    expect(read.findings).to.deep.equal([]);
    const digests: ReleaseLock["digests"] = read.fleet?.releases[0]?.lock?.digests ?? {};
    expect(Object.keys(digests)).to.deep.equal(images.map(({ repository }) => repository));
    for (const { repository, tag, forDriver } of images) {
      expect(digests[repository]).to.include({ tag });
      // What is never run on a node may lack an architecture of the fleet.
      const own = forDriver === true ? ["amd64"] : ["amd64", "arm64"];
      expect(digests[repository], repository).to.have.keys("tag", "index", "bytes", ...own);
    }
    const packed = read.fleet?.releases[0]?.lock?.charts ?? {};
    expect(Object.keys(packed)).to.deep.equal(["cert-manager", "loki"]);
    expect(packed["loki"]).to.include({
      version: "18.11.0",
      source: "https://grafana-community.github.io/helm-charts",
    });
  });

  it("is the same file each time, and keeps what it has without asking", async () => {
    await lock();
    const first = lockFile();
    const { out } = await lock();
    expect(lockFile()).to.equal(first);
    expect(out.match(/ {2}kept$/gm)).to.have.lengthOf(images.length + charts.length);
    const { out: anew } = await lock("--fresh");
    expect(anew).not.to.contain("kept");
    expect(lockFile()).to.equal(first);
  });

  it("asks only for what a changed release lacks, and forgets what it no longer has", async () => {
    await lock();
    await registry.pushIndex("docker.io/library/rabbitmq", "4.2.9", both);
    const file = path.join(folder, "releases", "2026.11.0.yaml");
    writeFileSync(file, text("2026.11.0.yaml").replace("rabbitmq: 4.3.5", "rabbitmq: 4.2.9"));
    expect((await readFleet(folder)).findings.map(({ code }) => code)).to.deep.equal(["EDGE-REL-008"]);
    const { out } = await lock();
    expect(out.match(/ {2}kept$/gm)).to.have.lengthOf(images.length + charts.length - 1);
    expect((await readFleet(folder)).findings).to.deep.equal([]);
  });

  it("writes nothing if an image is missing or lacks an architecture, and says all at once at their lines", async () => {
    const before = text("2026.11.0.yaml");
    await registry.pushIndex("docker.io/timberio/vector", "0.56.0-distroless-libc", [both[0]]);
    writeFileSync(
      path.join(folder, "releases", "2026.11.0.yaml"),
      before.replace("vector: 0.57.0", "vector: 0.56.0").replace("gitea: 1.26.1", "gitea: 1.25.4"),
    );
    const { code, out } = await lock("--json");
    expect(code).to.equal(1);
    const lines = text("2026.11.0.yaml").split("\n");
    const found = JSON.parse(out).findings as { code: string; line: number; path: string }[];
    expect(found.map(({ code, path: at, line }) => [code, at, lines[line - 1]?.trim()])).to.deep.equal([
      ["EDGE-LOCK-001", "spec.components.gitea", "gitea: 1.25.4"],
      ["EDGE-LOCK-003", "spec.components.vector", "vector: 0.56.0"],
    ]);
    expect(() => lockFile()).to.throw("ENOENT");
    expect(text("2026.11.0.yaml")).not.to.contain("lock:");
  });

  it("proves with --verify that all is as it was locked, and tells a tag that has moved", async () => {
    await lock();
    const file = lockFile();
    expect((await lock("--verify")).out).to.equal(
      `as locked: 2026.11.0, ${images.length} images and ${charts.length} charts\n`,
    );
    const [moved] = await registry.pushIndex(gitea, "1.26.1-rootless", [both[0], { ...both[1], salt: "moved" }]);
    try {
      const { code, out } = await lock("--verify");
      expect(code).to.equal(1);
      expect(out).to.match(/releases\/2026\.11\.0\.yaml:\d+ spec\.components\.gitea\n {2}error EDGE-LOCK-007: /);
      expect(out).to.contain(`and is ${moved} now`);
      expect(lockFile()).to.equal(file);
    } finally {
      await registry.pushIndex(gitea, "1.26.1-rootless", both);
    }
  });

  it("keeps the images of a lock of the older form, and asks for the charts that it lacks", async () => {
    await lock();
    const { charts: _charts, ...older } = JSON.parse(lockFile()) as Record<string, unknown>;
    const whole = lockFile();
    writeFileSync(path.join(folder, "releases", "2026.11.0.lock.json"), JSON.stringify(older));
    expect((await readFleet(folder)).findings.map(({ code, severity }) => `${severity} ${code}`)).to.deep.equal([
      "warning EDGE-REL-010",
    ]);
    expect((await lock("--verify")).out).to.match(/older form: .* run edgewave release lock 2026\.11\.0\n$/);
    const { out } = await lock();
    expect(out.match(/ {2}kept$/gm)).to.have.lengthOf(images.length);
    expect(lockFile()).to.equal(whole);
  });

  it("writes nothing if a chart is missing or another one, at the lines that bring them", async () => {
    await registry.pushChart("elsewhere/loki", { name: "tempo", version: "18.11.0" });
    const map = ["--registry-map", `charts=https://localhost:${registry.port}/elsewhere`];
    const { code, out } = await lock("--json", ...map);
    expect(code).to.equal(1);
    const found = JSON.parse(out).findings as { code: string; path: string }[];
    expect(found.map(({ code, path: at }) => `${code} ${at}`).sort()).to.deep.equal([
      "EDGE-LOCK-001 spec.components.cert-manager",
      "EDGE-LOCK-009 spec.components.loki",
    ]);
    expect(() => lockFile()).to.throw("ENOENT");
  });

  it("asks the hub for charts where images are asked for at their upstream registries", async () => {
    const at = path.join(folder, "fleet.yaml");
    const hub = `localhost:${registry.port}`;
    writeFileSync(at, readFileSync(at, "utf8").replace(/registry: .*/, `registry: ${hub}`));
    const upstreams = [...new Set(images.map(({ repository }) => repository.slice(0, repository.indexOf("/"))))];
    const maps = upstreams.flatMap((name) => ["--registry-map", `${name}=https://${hub}/${name}`]);
    const io = recordedIo(root);
    const own = ["--ca-file", path.join(root, "ca.pem"), "--auth-file", path.join(root, "auth.json")];
    const places = ["--fleet", folder, "--out", path.join(folder, "out")];
    expect(await runCli(["release", "lock", ...places, ...own, ...maps], io), io.err()).to.equal(0);
    expect(io.out()).to.contain(`${charts.length} charts in `);
  });

  it("refuses to verify what is not locked", async () => {
    const { code, err } = await lock("--verify");
    expect({ code, err }).to.deep.equal({
      code: 2,
      err: "error EDGE-CLI-084: release 2026.11.0 is not locked\nRun edgewave release lock 2026.11.0.\n",
    });
  });

  it("asks the fleet's hub if it is told to", async () => {
    const at = path.join(folder, "fleet.yaml");
    const hub = `localhost:${registry.port}`;
    writeFileSync(at, readFileSync(at, "utf8").replace(/registry: .*/, `registry: ${hub}`));
    expect((await lock("--via", "hub")).code).to.equal(0);
  });

  it("says which files and options cannot be used, before it asks anybody", async () => {
    for (const [more, code] of [
      [["--auth-file", "/nowhere"], "EDGE-CLI-082"],
      [["--ca-file", path.join(root, "auth.json")], "EDGE-CLI-082"],
      [["--auth-file", path.join(root, "ca.pem")], "EDGE-CLI-083"],
      [["--registry-map", "docker.io"], "EDGE-CLI-081"],
      [["--via", "not a registry"], "EDGE-CLI-081"],
      [["--concurrency", "0"], "EDGE-CLI-003"],
      [["--verify", "--fresh"], "EDGE-CLI-080"],
    ] as const) {
      const result = await lock(...more);
      expect(result.code, more.join(" ")).to.equal(2);
      expect(result.err, more.join(" ")).to.contain(code);
    }
  });

  it("goes on where a killed run was", async () => {
    const front = new Front(registry, authority);
    await front.start();
    try {
      front.hangAfter = 12;
      const via = ["--via", `http://127.0.0.1:${front.port}`, "--concurrency", "2"];
      const killed = startEdgewave(arguments_(...via));
      await front.hung;
      killGroup(killed, "SIGKILL");
      await killed.ended;
      expect(() => lockFile()).to.throw("ENOENT");
      const asked = front.tags();
      front.hangAfter = Infinity;
      front.forget();
      const { code, out } = await lock(...via);
      expect(code).to.equal(0);
      const kept = [...out.matchAll(/^\[[ \d]+\/\d+\] (\S+) .* {2}kept$/gm)].map(([, image = ""]) => image);
      expect(kept.length).to.be.at.least(1);
      for (const image of kept) {
        expect(asked).to.include(image);
        expect(front.tags()).not.to.include(image);
      }
      expect(Object.keys(JSON.parse(lockFile()).digests)).to.have.lengthOf(images.length);
    } finally {
      await front.stop();
    }
  });
});

/** Stands before the registry, with its credentials, and stops answering when it is told to. */
class Front {
  private server: Server | undefined;
  private seen: string[] = [];
  hangAfter = Infinity;
  private hang = (): void => undefined;
  readonly hung = new Promise<void>((resolve) => (this.hang = resolve));

  constructor(
    private readonly registry: Registry,
    private readonly authority: TestAuthority,
  ) {}

  get port(): number {
    return this.server?.port ?? 0;
  }

  async start(): Promise<void> {
    this.server = await serve((request, response) => {
      this.seen.push(request.url ?? "");
      if (this.seen.length > this.hangAfter) return this.hang();
      const { port } = this.registry;
      const headers: http.OutgoingHttpHeaders = {
        accept: request.headers.accept,
        authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
      };
      const options = { host: "localhost", port, path: request.url, headers, ca: this.authority.cert, agent: false };
      https.get(options, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      });
    });
  }

  /** `repository:tag` of what was asked for by tag. */
  tags(): readonly string[] {
    return this.seen.flatMap((url) => {
      const [, repository, tag] = /^\/v2\/(.*)\/manifests\/([^/:]+)$/.exec(url) ?? [];
      return repository === undefined ? [] : [`${repository}:${tag}`];
    });
  }

  forget(): void {
    this.seen = [];
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }
}
