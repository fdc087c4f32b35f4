import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { assert, expect } from "chai";
import { parse } from "yaml";

import { processState } from "../../../rollout/processProof";
import { AutomationStackRunner } from "../../../rollout/runner/automationRunner";
import { siteLayout } from "../../../rollout/runner/layout";
import { RunCancelled, RunFailed, type RunRequest, SiteUnreachable, StackLocked } from "../../../rollout/stackRunner";
import { aFleet, aRelease, aSite } from "../../support/fleet";

const passphrase = "correct-horse-battery";

describe("AutomationStackRunner, with real worker processes", () => {
  let out: string;
  let runner: AutomationStackRunner;

  // Workers take most of a second to start, so the tests share them and take sites of their own.
  before(async () => {
    out = await mkdtemp(join(tmpdir(), "edgewave-runner-"));
    await mkdir(join(out, "scratch"));
    await writeFile(join(out, "Pulumi.yaml"), "name: edgewave\nruntime:\n  name: nodejs\nmain: program/\n");
    // Known beforehand, so that the tests do not derive a key; the salt's own test makes one.
    await writeFile(join(out, "encryptionsalt"), "v1:c2FsdA==:v1:bm9uY2U=:c2VhbGVk\n");
    runner = newRunner();
  });

  after(async () => {
    await runner.close();
    await rm(out, { recursive: true });
  });

  function newRunner(): AutomationStackRunner {
    return new AutomationStackRunner({
      worker: {
        modulePath: join(__dirname, "tinyWorker.ts"),
        execArgv: ["--import", "tsx"],
        environment: { PATH: process.env["PATH"], PULUMI_CONFIG_PASSPHRASE: passphrase },
      },
      outputDirectory: out,
      fleetFolder: join(out, "fleet"),
      projectFile: join(out, "Pulumi.yaml"),
      patience: { stop: 500, interrupt: 250, terminate: 250, lock: 600 },
      scratchRoot: join(out, "scratch"),
    });
  }

  const request = (name: string, fencingToken = 1, touched = false): RunRequest => ({
    site: aSite({ name }),
    release: aRelease(),
    fleet: aFleet(),
    signers: [],
    fencingToken,
    touched,
  });
  const up = (name: string, more: { token?: number; signal?: AbortSignal; onProgress?: () => void } = {}) =>
    runner.up(request(name, more.token), {
      signal: more.signal ?? new AbortController().signal,
      onProgress: more.onProgress ?? (() => undefined),
    });
  const failureOf = (run: Promise<unknown>) =>
    run.then(
      () => assert.fail("it did not fail"),
      (error: unknown) => error,
    );
  /** The process that runs a site, as soon as it has begun. */
  async function workerOf(site: string): Promise<number> {
    for (;;) {
      const found = /in worker (\d+)/.exec(await logOf(site).catch(() => ""));
      if (found !== null) return Number(found[1]);
      await delay(20);
    }
  }
  const logOf = (site: string) => readFile(siteLayout(out, site).log, "utf8");

  it("runs a site, and tells its resources, changes and progress", async () => {
    let progress = 0;
    const result = await up("porto", { onProgress: () => (progress += 1) });
    expect(result).to.deep.include({ resources: 3, changes: { create: 3 }, notes: [] });
    expect(result.seconds).to.be.greaterThan(0);
    expect(progress).to.equal(3);
  });

  it("leaves a work directory in which a person can run pulumi", async () => {
    await up("porto");
    const { workDirectory } = siteLayout(out, "porto");
    const project = parse(await readFile(join(workDirectory, "Pulumi.yaml"), "utf8")) as Record<string, unknown>;
    expect(project).to.deep.include({
      name: "edgewave",
      runtime: { name: "nodejs" },
      main: join("..", "..", "program"),
      backend: { url: `file://${out}/state` },
    });
    const settings = parse(await readFile(join(workDirectory, "Pulumi.porto.yaml"), "utf8")) as Record<string, unknown>;
    expect(settings).to.deep.equal({
      encryptionsalt: "v1:c2FsdA==:v1:bm9uY2U=:c2VhbGVk",
      config: {
        "edgewave:fleet": join(out, "fleet"),
        "edgewave:out": out,
        "edgewave:release": "2026.11.0",
      },
    });
  });

  it("keeps what a person wrote into a stack's settings", async () => {
    const { workDirectory } = siteLayout(out, "faro");
    await mkdir(workDirectory, { recursive: true });
    const file = join(workDirectory, "Pulumi.faro.yaml");
    await writeFile(file, "encryptionsalt: v1:own\nconfig:\n  kubernetes:context: lab\n  edgewave:release: old\n");
    await up("faro");
    const settings = parse(await readFile(file, "utf8")) as { encryptionsalt: string; config: Record<string, string> };
    expect(settings.encryptionsalt).to.equal("v1:own");
    expect(settings.config).to.include({ "kubernetes:context": "lab", "edgewave:release": "2026.11.0" });
  });

  it("writes the keys that a site trusts into its stack's settings, and takes them out again", async () => {
    const file = join(siteLayout(out, "porto").workDirectory, "Pulumi.porto.yaml");
    const observer = { signal: new AbortController().signal, onProgress: () => undefined };
    const one = `ssh-ed25519 ${"A".repeat(68)} the key of the platform team`;
    const config = async () => (parse(await readFile(file, "utf8")) as { config: Record<string, string> }).config;
    for (const [index, signers] of [[one], [one, "ssh-ed25519 BBBB"], []].entries()) {
      await runner.up({ ...request("porto", index + 1), signers }, observer);
      expect((await config())["edgewave:signers"]).to.equal(signers.length === 0 ? undefined : signers.join("\n"));
    }
  });

  it("reports a failure in the provider's words, without stack frames and the engine's own lines", async () => {
    const failure = await failureOf(up("failing"));
    assert(failure instanceof RunFailed);
    expect(failure.message).to.equal("manifests: cannot write /srv/manifests: disk full");
    expect(await logOf("failing")).to.contain("forty");
  });

  it("masks the passphrase in the log and in messages", async () => {
    const failure = await failureOf(up("telling"));
    assert(failure instanceof RunFailed);
    expect(failure.message).to.equal("the passphrase [secret] is wrong");
    const log = await logOf("telling");
    expect(log).to.contain("the passphrase is [secret], in worker");
    expect(log).not.to.contain(passphrase);
  });

  it("runs a site once more on a fresh worker after a crash, while its neighbours go on", async () => {
    const [crashed, neighbour] = await Promise.all([up("crash-once"), up("neighbour-1")]);
    expect(crashed.resources).to.equal(3);
    expect(crashed.notes).to.deep.equal([
      "the run was repeated on another worker, because the worker process ended with SIGKILL",
    ]);
    expect(neighbour.notes).to.be.empty;
  });

  it("gives up on a site whose worker crashes twice, with the worker's last words", async () => {
    const failure = await failureOf(up("crash-always"));
    assert(failure instanceof RunFailed);
    expect(failure.message).to.equal("the worker process ended with SIGKILL: out of memory, or so (run 2 times)");
    expect((await up("neighbour-2")).resources).to.equal(3);
  });

  it("asks a run to stop, and the worker is used again", async () => {
    const stop = new AbortController();
    const run = failureOf(up("patient", { signal: stop.signal, token: 3 }));
    const worker = await workerOf("patient");
    stop.abort();
    expect(await run).to.be.instanceOf(RunCancelled);
    process.kill(worker, 0);
    expect((await up("neighbour-3")).resources).to.equal(3);
  });

  it("kills a worker that does not stop in time, and only that one", async () => {
    const stop = new AbortController();
    const marker = join(siteLayout(out, "deaf").workDirectory, "crashed");
    const run = failureOf(up("deaf", { signal: stop.signal }));
    const worker = await workerOf("deaf");
    while (!existsSync(marker)) await delay(20);
    stop.abort();
    const neighbour = up("neighbour-4");
    const failure = await run;
    assert(failure instanceof RunCancelled);
    expect(failure.message).to.contain("did not stop in time and was killed");
    expect(() => process.kill(worker, 0)).to.throw(/ESRCH/);
    expect((await neighbour).resources).to.equal(3);
  });

  it("escalates from a message to SIGINT, SIGTERM and SIGKILL, also of what has left the worker's group", async () => {
    const stop = new AbortController();
    const marker = join(siteLayout(out, "stubborn").workDirectory, "crashed");
    const run = failureOf(up("stubborn", { signal: stop.signal }));
    while (!existsSync(marker)) await delay(20);
    const provider = Number(await readFile(marker, "utf8"));
    process.kill(provider, 0);
    stop.abort();
    expect(await run).to.be.instanceOf(RunCancelled);
    expect(await readFile(`${marker}-by`, "utf8")).to.equal("SIGINT SIGTERM ");
    // A zombie's number is taken until its new parent has noticed.
    while (processState({ host: hostname(), pid: provider, seenAt: Date.now(), origin: undefined }) !== "dead") {
      await delay(10);
    }
  });

  // Of the runs above, which ended in every way that there is.
  it("gives each run a scratch folder of its own, which is gone afterwards, also after a crash and a kill", async () => {
    const scratchOf = async (site: string) =>
      [...(await logOf(site)).matchAll(/its scratch folder is (.+)/g)].map((match) => match[1] as string);
    const folders = await Promise.all(["porto", "failing", "crash-always", "stubborn", "deaf"].map(scratchOf));
    for (const folder of folders.flat()) {
      expect(dirname(folder)).to.equal(join(out, "scratch"));
      expect(existsSync(folder)).to.equal(false);
    }
    expect(new Set(folders.flat()).size).to.equal(folders.flat().length);
    expect(folders.every((some) => some.length > 0)).to.equal(true);
    expect(await readdir(join(out, "scratch"))).to.be.empty;
  });

  it("takes a site for unreachable that has no link, and only if it has one at all", async () => {
    const observer = { signal: new AbortController().signal, onProgress: () => undefined };
    const run = (target: "field" | "render") =>
      failureOf(runner.up({ ...request("no-link"), site: aSite({ name: "no-link", target }) }, observer));
    const failure = await run("field");
    assert(failure instanceof SiteUnreachable);
    expect(failure.message).to.contain("cannot be reached by SSH");
    expect(await run("render")).to.be.instanceOf(RunFailed);
  });

  it("does not start what was stopped before", async () => {
    expect(await failureOf(up("never", { signal: AbortSignal.abort() }))).to.be.instanceOf(RunCancelled);
    expect(existsSync(siteLayout(out, "never").workDirectory)).to.equal(false);
  });

  it("never runs one site twice at once", async () => {
    const first = up("neighbour-5");
    expect(String(await failureOf(up("neighbour-5")))).to.contain("is being run already");
    await first;
  });

  it("refuses a run with an older fencing token than the last one", async () => {
    await up("fenced", { token: 7 });
    await up("fenced", { token: 7 });
    const failure = await failureOf(up("fenced", { token: 6 }));
    assert(failure instanceof RunFailed);
    expect(failure.message).to.contain("its fencing token is 7, this run's is 6");
  });

  it("refuses a name that would leave the output folder", async () => {
    for (const name of ["..", "../../etc", "a/b", "", "A"]) {
      expect(String(await failureOf(up(name)))).to.contain("cannot name a site");
    }
  });

  it("says why a worker cannot start", async () => {
    const broken = new AutomationStackRunner({
      worker: { modulePath: join(out, "missing.js"), execArgv: [], environment: { PATH: process.env["PATH"] } },
      outputDirectory: out,
      fleetFolder: out,
      projectFile: join(out, "Pulumi.yaml"),
    });
    const run = broken.up(request("porto"), { signal: new AbortController().signal, onProgress: () => undefined });
    expect(String(await failureOf(run))).to.contain("the worker process ended with exit code 1");
    await broken.close();
  });

  describe("after a killed run", () => {
    async function lock(site: string, content: object): Promise<void> {
      const { locks } = siteLayout(out, site);
      await mkdir(locks, { recursive: true });
      await writeFile(join(locks, "1f.json"), JSON.stringify({ username: "edge", ...content }));
    }
    const now = () => new Date().toISOString();

    it("cancels a lock whose owner is proven dead, and says so", async () => {
      const gone = spawn(process.execPath, ["-e", ""]);
      await once(gone, "exit");
      await lock("locked", { pid: gone.pid, hostname: hostname(), timestamp: now() });
      const { notes } = await up("locked");
      expect(notes?.[0]).to.match(/^cancelled the lock of edge@.*whose process is gone$/);
      expect(await readdir(siteLayout(out, "locked").workDirectory)).to.include("cancelled");
      expect(await logOf("locked")).to.contain("cancelled the lock");
    });

    const live: [string, string, () => object][] = [
      ["alive", "whose owner is alive", () => ({ pid: process.pid, hostname: hostname(), timestamp: now() })],
      ["foreign", "of another host", () => ({ pid: 1, hostname: "elsewhere", timestamp: now() })],
      ["unread", "that cannot be read", () => ({ pid: "?" })],
    ];
    for (const [site, name, content] of live) {
      it(`leaves a lock alone ${name}`, async () => {
        await lock(site, content());
        expect(await failureOf(up(site))).to.be.instanceOf(StackLocked);
        expect(await readdir(siteLayout(out, site).workDirectory)).not.to.include("cancelled");
      });
    }

    it("waits for a lock whose owner is about to end", async () => {
      const owner = spawn(process.execPath, ["-e", "setTimeout(() => {}, 300)"]);
      await lock("waited", { pid: owner.pid, hostname: hostname(), timestamp: now() });
      expect((await up("waited")).notes?.[0]).to.match(/^cancelled the lock of /);
    });

    it("renders anew where a run was interrupted, and says in what", async () => {
      const { checkpoint, rendered } = siteLayout(out, "pending");
      await mkdir(join(checkpoint, ".."), { recursive: true });
      await mkdir(rendered, { recursive: true });
      await writeFile(join(rendered, "half"), "");
      const pending = [{ type: "creating", resource: { urn: "urn:pulumi:pending::edgewave::t::inventory" } }];
      await writeFile(checkpoint, JSON.stringify({ checkpoint: { latest: { pending_operations: pending } } }));
      const { notes } = await up("pending");
      expect(notes).to.deep.equal(["rendered all files anew, because an interrupted run left creating inventory"]);
      expect(existsSync(join(rendered, "half"))).to.equal(false);
      expect((await up("pending")).notes).to.be.empty;
    });

    it("reads the state of a site with a cluster anew, with pending creates cleared", async () => {
      const { checkpoint, workDirectory, backups } = siteLayout(out, "adopted");
      await mkdir(join(checkpoint, ".."), { recursive: true });
      const urn = "urn:pulumi:adopted::edgewave::random:index/randomPassword:RandomPassword::admin";
      const type = "random:index/randomPassword:RandomPassword";
      const pending = [{ type: "creating", resource: { urn, type } }];
      const state = { version: 3, checkpoint: { latest: { pending_operations: pending } } };
      await writeFile(checkpoint, JSON.stringify(state));
      const site = aSite({ name: "adopted", target: "cluster" });
      const observer = { signal: new AbortController().signal, onProgress: () => undefined };
      const { notes } = await runner.up({ ...request("adopted"), site }, observer);
      expect(notes).to.deep.equal(["read the site's state anew, because an interrupted run left creating admin"]);
      expect(await readdir(workDirectory)).to.include("refreshed-true");
      const [copy] = (await readdir(backups)).filter((name) => /^\d.*\.json$/.test(name));
      expect(JSON.parse(await readFile(join(backups, copy ?? ""), "utf8"))).to.deep.equal({
        version: 3,
        deployment: state.checkpoint.latest,
      });
    });

    it("leaves no worker behind when the runner's process dies", async () => {
      const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "dyingRunner.ts"), out]);
      await once(child, "exit");
      const worker = await workerOf("patient-2");
      for (let waited = 0; waited < 5000; waited += 50) {
        try {
          process.kill(worker, 0);
        } catch {
          return;
        }
        await delay(50);
      }
      expect.fail(`worker ${worker} is still there`);
    });
  });
});
