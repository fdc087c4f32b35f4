import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { expect } from "chai";

import { type AutomationRunnerOptions, AutomationStackRunner } from "../../../rollout/runner/automationRunner";
import { RunFailed, type RunRequest } from "../../../rollout/stackRunner";
import { aFleet, aRelease, aSite } from "../../support/fleet";

/**
 * A worker that needs no SDK, and so starts at once. It answers with its own number, and says that it has grown to as
 * many MiB as the site's label says. A site that waits ends when it is asked to stop.
 */
const plainWorker = `
process.send({ type: "ready" });
let size = 0;
const done = (id) => {
  const result = { resources: 0, changes: { pid: process.pid }, seconds: 0 };
  process.send({ type: "done", id, result, memoryMiB: size });
};
process.on("message", ({ type, id, request }) => {
  if (type === "close") return process.exit(0);
  if (type === "stop") return done(id);
  size = Number(request.site.labels.size);
  process.send({ type: "progress", id, resources: 1 });
  if (request.site.labels.waits === undefined) setTimeout(() => done(id), 20);
});
`;

describe("how AutomationStackRunner uses its workers", () => {
  let folder: string;
  let runner: AutomationStackRunner;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "edgewave-workers-"));
    await writeFile(join(folder, "worker.js"), plainWorker);
  });
  afterEach(async () => {
    await runner.close();
    await rm(folder, { recursive: true });
  });

  function start(more: Partial<AutomationRunnerOptions>): void {
    runner = new AutomationStackRunner({
      worker: { modulePath: join(folder, "worker.js"), execArgv: [], environment: { PATH: process.env["PATH"] } },
      outputDirectory: folder,
      fleetFolder: folder,
      projectFile: join(folder, "Pulumi.yaml"),
      scratchRoot: folder,
      memoryFloorMiB: 0,
      ...more,
    });
  }
  const request = (name: string, size = 0): RunRequest => ({
    site: { ...aSite({ name }), labels: { size: String(size) } },
    release: aRelease(),
    fleet: aFleet(),
    signers: [],
    fencingToken: 1,
    touched: false,
  });
  const watched = { signal: new AbortController().signal, onProgress: () => undefined };
  /** Runs a site, and tells by which process. */
  const run = async (name: string, size = 0) => (await runner.up(request(name, size), watched)).changes["pid"];

  it("keeps a worker while it is within its limits", async () => {
    start({ limits: { maxRuns: 10, maxMemoryMiB: 500 } });
    const workers = [await run("a", 500), await run("b"), await run("c")];
    expect(new Set(workers).size).to.equal(1);
  });

  it("has as many workers as there are runs at once, and uses them again", async () => {
    start({});
    const first = await run("a");
    const stop = new AbortController();
    let begun = 0;
    const waiting = ["b", "c"].map(async (name) => {
      const { site, ...rest } = request(name);
      const waits = { ...rest, site: { ...site, labels: { size: "0", waits: "yes" } } };
      const { changes } = await runner.up(waits, { signal: stop.signal, onProgress: () => (begun += 1) });
      return changes["pid"];
    });
    while (begun < 2) await delay(5);
    stop.abort();
    const workers = new Set(await Promise.all(waiting));
    expect(workers.size).to.equal(2);
    expect(workers).to.include(first);
  });

  it("replaces a worker that has served enough runs", async () => {
    start({ limits: { maxRuns: 2, maxMemoryMiB: 500 } });
    const [a, b, c, d] = [await run("a"), await run("b"), await run("c"), await run("d")];
    expect(b).to.equal(a);
    expect(c).not.to.equal(a);
    expect(d).to.equal(c);
  });

  it("replaces a worker that has grown too large", async () => {
    start({ limits: { maxRuns: 10, maxMemoryMiB: 500 } });
    const [a, b] = [await run("a", 501), await run("b")];
    expect(b).not.to.equal(a);
  });

  it("runs one site after another while memory is short, and says so", async () => {
    start({ memoryFloorMiB: 1_000, readFreeMemory: () => Promise.resolve(10) });
    const running = new Set<string>();
    const reasons: (string | undefined)[] = [];
    let most = 0;
    const runWatched = async (name: string) => {
      const onProgress = () => {
        running.add(name);
        most = Math.max(most, running.size);
      };
      const signal = new AbortController().signal;
      await runner.up(request(name), { signal, onProgress, onWaiting: (reason) => reasons.push(reason) });
      running.delete(name);
    };
    await Promise.all(["a", "b", "c"].map(runWatched));
    expect(most).to.equal(1);
    expect(reasons[0]).to.contain("1000 MiB have to stay free");
    expect(reasons.at(-1)).to.equal(undefined);
  });

  it("closes idle workers when memory is short, before it lets a site wait", async () => {
    let free = 10_000;
    start({ memoryFloorMiB: 1_000, readFreeMemory: () => Promise.resolve(free) });
    const [a, b] = await Promise.all([run("a"), run("b")]);
    expect(a).not.to.equal(b);
    free = 10;
    // The first is admitted whatever is free, and takes an idle worker; for the second the other one is closed.
    const both = Promise.all([run("c"), run("d")]);
    const idle = [a, b] as number[];
    const gone = (pid: number) => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    };
    while (!idle.some(gone)) await delay(5);
    await both;
  });

  it("prepares the engine once, before the first run, and tries again if that failed", async () => {
    let prepared = 0;
    start({
      prepareEngine: () => {
        prepared += 1;
        return prepared === 1 ? Promise.reject(new RunFailed("plugin tls 5.6.1 is missing")) : Promise.resolve();
      },
    });
    const failure: unknown = await run("a").catch((error: unknown) => error);
    expect(String(failure)).to.contain("tls 5.6.1");
    await Promise.all([runner.prepare(), runner.prepare(), run("a"), run("b")]);
    expect(prepared).to.equal(2);
  });

  it("leaves no scratch folder behind", async () => {
    start({});
    await Promise.all([run("a"), run("b")]);
    expect((await readdir(folder)).filter((name) => name.startsWith("edgewave-run-"))).to.be.empty;
  });
});
