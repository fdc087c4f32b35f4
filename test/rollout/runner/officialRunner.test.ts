import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { assert, expect } from "chai";

import { AutomationStackRunner } from "../../../rollout/runner/automationRunner";
import { type Checkpoint, nameOf, pendingOperations } from "../../../rollout/runner/checkpoint";
import { siteLayout } from "../../../rollout/runner/layout";
import { RunCancelled, type RunRequest } from "../../../rollout/stackRunner";
import { aFleet, aRelease, aSite } from "../../support/fleet";
import { whyNoOfficialEngine } from "../../support/officialEngine";
import { titled } from "../../support/program";

const missing = whyNoOfficialEngine(["pulumi", "pulumi-resource-random", "pulumi-resource-command"]);
const title = "AutomationStackRunner on the official engine";
(missing === undefined ? describe : describe.skip)(titled(title, missing), function () {
  this.timeout(120_000);
  let out: string;
  let runner: AutomationStackRunner;
  let token = 0;

  before(async () => {
    out = await mkdtemp(join(tmpdir(), "edgewave-official-"));
    await writeFile(join(out, "Pulumi.yaml"), "name: edgewave\nruntime: nodejs\n");
    runner = new AutomationStackRunner({
      worker: {
        modulePath: join(__dirname, "embeddedWorker.ts"),
        execArgv: ["--import", "tsx"],
        environment: {
          PATH: process.env["PATH"],
          HOME: out,
          PULUMI_HOME: join(out, "home"),
          PULUMI_SKIP_UPDATE_CHECK: "true",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_CONFIG_PASSPHRASE: "correct-horse-battery",
          TEST_ENGINE: "official",
        },
      },
      outputDirectory: out,
      fleetFolder: out,
      projectFile: join(out, "Pulumi.yaml"),
    });
  });
  after(async () => {
    await runner.close();
    await rm(out, { recursive: true });
  });

  function request(
    name: string,
    labels: Record<string, string> = {},
    target: "render" | "cluster" = "render",
  ): RunRequest {
    token += 1;
    return {
      site: { ...aSite({ name, target }), labels },
      release: aRelease(),
      fleet: aFleet(),
      signers: [],
      fencingToken: token,
      touched: false,
    };
  }
  const observer = (signal = new AbortController().signal) => ({ signal, onProgress: () => undefined });
  const inventoryOf = (site: string) => join(siteLayout(out, site).rendered, "inventory");
  async function until(met: () => boolean): Promise<void> {
    while (!met()) await delay(20);
  }

  it("makes a site, compares it, and removes it", async () => {
    const made = await runner.up(request("porto"), observer());
    expect(made).to.deep.include({ resources: 4, changes: { create: 4 }, notes: [] });
    const same = await runner.drift(request("porto"), observer());
    expect(same).to.deep.include({ changes: { same: 4 }, entries: [], notes: [] });
    for (const target of ["render", "cluster"] as const) {
      const { entries, changes } = await runner.drift(request("porto", { content: "new" }, target), observer());
      expect(entries.map(({ found, op, name }) => [found, op, name])).to.deep.equal([
        ["preview", "update", "inventory"],
        ["preview", "update", "slow"],
      ]);
      expect(changes).to.deep.equal({ update: 2, same: 2 });
    }
    expect((await runner.destroy(request("porto"), observer())).resources).to.equal(0);
    expect(existsSync(inventoryOf("porto"))).to.equal(false);
  });

  it("stops a run in order", async () => {
    const stop = new AbortController();
    const run = runner.up(request("faro", { wait: "2" }), observer(stop.signal)).then(
      () => assert.fail("it did not stop"),
      (error: unknown) => error,
    );
    await until(() => existsSync(inventoryOf("faro")));
    stop.abort();
    expect(await run).to.be.instanceOf(RunCancelled);
    expect((await runner.up(request("faro"), observer())).resources).to.equal(4);
  });

  for (const [site, target, repair] of [
    ["tavira", "render", /^rendered all files anew, because an interrupted run left .*creating slow/],
    ["beja", "cluster", /^read the site's state anew, because an interrupted run left .*creating slow/],
  ] as const) {
    it(`ends the CLI and its providers with a killed worker, and puts in order what they left (${target})`, async () => {
      const running = runner.up(request(site, { wait: "3" }, target), observer());
      // The state names what is under way; a kill before that would leave nothing to put in order.
      await until(() => isBeingMade(site, "slow"));
      const worker = await parentOfLock(siteLayout(out, site).locks);
      process.kill(worker, "SIGKILL");
      const { notes, resources } = await running;
      expect(notes?.[0]).to.match(/^the run was repeated on another worker/);
      expect(notes?.[1]).to.match(/^cancelled the lock of .* whose process is gone$/);
      expect(notes?.[2]).to.match(repair);
      expect(resources).to.equal(4);
      expect(await readFile(siteLayout(out, site).checkpoint, "utf8")).not.to.contain("pending_operations");
    });
  }

  function isBeingMade(site: string, name: string): boolean {
    const { checkpoint } = siteLayout(out, site);
    if (!existsSync(checkpoint)) return false;
    const state = JSON.parse(readFileSync(checkpoint, "utf8")) as Checkpoint;
    return pendingOperations(state).some(({ resource: { urn } }) => nameOf(urn) === name);
  }

  /** The process that started the CLI which holds a lock. */
  async function parentOfLock(folder: string): Promise<number> {
    const [lock] = (await readdir(folder)).filter((name) => name.endsWith(".json"));
    const { pid } = JSON.parse(await readFile(join(folder, lock ?? ""), "utf8")) as { pid: number };
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
  }
});
