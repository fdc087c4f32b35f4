import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { lockCharts, parseCredentials, RegistryFailure, resolveChart, verifyChart } from "../../registry";
import { TestAuthority } from "../support/certificates";
import { titled, whyMissing } from "../support/program";
import { credentials, Registry } from "../support/registry";
import { aClient, failureOf } from "./clients";

const { signal } = new AbortController();
const source = "https://charts.example/";
const chartNamed = (name: string, version = "1.2.3") => ({
  name,
  location: `charts/${name}`,
  version,
  repository: source,
});

const missing = whyMissing("docker-registry");
describe(titled("charts in a real registry", missing), function () {
  this.timeout(30_000);
  const authority = new TestAuthority();
  let folder: string;
  let registry: Registry;
  let client: ReturnType<typeof aClient>["client"];
  let close: () => void;
  before(async function () {
    if (missing !== undefined) return this.skip();
    folder = mkdtempSync(path.join(tmpdir(), "edgewave-charts-"));
    registry = await Registry.start(folder, authority);
    const host = `localhost:${registry.port}`;
    const auth = Buffer.from(credentials).toString("base64");
    ({ client, close } = aClient({
      authorities: authority.cert,
      credentials: parseCredentials(JSON.stringify({ auths: { [host]: { auth } } })),
      // The hub's folder of charts stands for the registry that they are asked in.
      map: { byName: { charts: { origin: `https://${host}`, path: "edge/charts" } } },
    }));
  });
  after(async () => {
    close?.();
    await registry?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  const push = (
    name: string,
    ...more: Parameters<Registry["pushChart"]> extends [unknown, unknown, ...infer More] ? More : never
  ) => registry.pushChart(`edge/charts/${name}`, { name, version: "1.2.3" }, ...more);

  it("are resolved to their manifest and the packed chart in it", async () => {
    const [digest, archive] = await push("loki");
    expect(await resolveChart(client, chartNamed("loki"), signal)).to.deep.equal({
      version: "1.2.3",
      source,
      digest,
      archive,
    });
  });

  it("fail with all that is wrong at once, each by name", async () => {
    await registry.push("edge/charts/image", "amd64", "1.2.3");
    await registry.pushIndex("edge/charts/index", "1.2.3", [{ architecture: "amd64" }]);
    await push("empty", { layers: 0 });
    await push("double", { layers: 2 });
    await registry.pushChart("edge/charts/renamed", { name: "other", version: "1.2.3" });
    await push("fine");
    const names = ["image", "index", "empty", "double", "renamed", "nowhere", "fine"];
    const results = await lockCharts(
      client,
      names.map((name) => chartNamed(name)),
      { concurrency: 2, signal },
    );
    const host = `localhost:${registry.port}`;
    expect(
      results.map(({ result }) =>
        result instanceof RegistryFailure ? `${result.code} ${result.message}` : result.version,
      ),
    ).to.deep.equal([
      "EDGE-LOCK-006 the answer for charts/image:1.2.3 is no Helm chart",
      "EDGE-LOCK-006 the answer for charts/index:1.2.3 is no Helm chart",
      "EDGE-LOCK-006 the answer for charts/empty:1.2.3 has 0 packed charts",
      "EDGE-LOCK-006 the answer for charts/double:1.2.3 has 2 packed charts",
      "EDGE-LOCK-009 charts/renamed:1.2.3 is the chart other 1.2.3",
      `EDGE-LOCK-001 ${host} does not have charts/nowhere at /v2/edge/charts/nowhere/manifests/1.2.3`,
      "1.2.3",
    ]);
  });

  it("are not asked for again where an earlier run has them", async () => {
    const known = { version: "1.2.3", source, digest: `sha256:${"a".repeat(64)}`, archive: `sha256:${"b".repeat(64)}` };
    const [locking] = await lockCharts(client, [chartNamed("nowhere")], { concurrency: 1, known: () => known, signal });
    expect(locking?.result).to.equal(known);
  });

  describe("asked for again", () => {
    const moving = chartNamed("moving");

    it("are as they were locked", async () => {
      await push("moving");
      const locked = await resolveChart(client, moving, signal);
      expect(await verifyChart(client, moving, locked, signal)).to.deep.equal([]);
    });

    it("are told apart when the tag has moved: the same chart pushed again, or another one", async () => {
      const locked = await resolveChart(client, moving, signal);
      const [again] = await push("moving", { annotation: "2026-12-24T00:00:00Z" });
      const told = async () =>
        (await verifyChart(client, moving, locked, signal)).map(({ code, message }) => `${code} ${message}`);
      const was = `EDGE-LOCK-007 charts/moving:1.2.3 was ${locked.digest}`;
      expect(await told()).to.deep.equal([`${was} and is ${again} now with the same packed chart in it`]);
      const other = { name: "moving", version: "1.2.3", salt: "tampered" };
      const [tampered] = await registry.pushChart("edge/charts/moving", other);
      expect(await told()).to.deep.equal([`${was} and is ${tampered} now`]);
    });

    it("are missed by digest when they are gone", async () => {
      await push("gone");
      const gone = chartNamed("gone");
      const locked = await resolveChart(client, gone, signal);
      await registry.remove("edge/charts/gone", locked.digest);
      const found = await verifyChart(client, gone, locked, signal);
      expect(found.map(({ code }) => code)).to.deep.equal(["EDGE-LOCK-008", "EDGE-LOCK-001"]);
    });
  });

  it("are not taken from a registry that gives other content than the manifest says", async () => {
    await push("cut");
    const lying: typeof client.blob = async (image, digest, stop) => {
      const content = await client.blob(image, digest, stop);
      return image.endsWith("cut") && content.bytes.toString().startsWith("packed")
        ? { ...content, bytes: content.bytes.subarray(1) }
        : content;
    };
    const liar = { manifest: client.manifest.bind(client), blob: lying };
    expect((await failureOf(resolveChart(liar, chartNamed("cut"), signal))).code).to.equal("EDGE-LOCK-002");
  });
});
