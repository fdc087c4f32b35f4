import { expect } from "chai";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { foldEvents } from "../../../rollout/fold";
import { openLedgerForReading } from "../../../rollout/ledger/sqliteLedger";
import { verifyLedger } from "../../../rollout/ledger/verify";
import { randomOf } from "../../../rollout/simulate/random";
import { edgewave, type RunningCommand, startEdgewave } from "../../support/edgewave";
import { aFleet, aRollout, aWave, sites } from "../../support/fleet";
import { fleetFiles } from "../../support/fleetFiles";
import { branches, checkpoint } from "../../support/rollout";

const kills = 50;
const count = 60;
const seed = 20261125;

/** It takes minutes: `npm run test:real` runs it, `npm test` says that it does not. */
const isAsked = process.env["EDGEWAVE_TEST_REAL"] !== undefined;
const declare = isAsked ? describe : describe.skip;

declare(
  `a rollout of ${count} sites that is killed ${kills} times${isAsked ? "" : ", skipped: npm run test:real runs it"}`,
  function () {
    this.timeout(1_800_000);
    let folder: string;
    let fleet: string;
    let out: string;

    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), "edgewave-chaos-"));
      fleet = path.join(folder, "fleet");
      out = path.join(folder, "out");
      const waves = [
        aWave({ name: "canary", canary: true, size: { count: 2 } }),
        aWave({ name: "rest", size: "rest" }),
      ];
      const retry = { limit: 20, backoffSeconds: 0, factor: 1, maxBackoffSeconds: 0, jitterPercent: 0 };
      const rollout = aRollout({ waves, retry, maxConcurrency: 4 });
      for (const { path: file, text } of fleetFiles(aFleet({ sites: sites(count), rollouts: [rollout] }))) {
        mkdirSync(path.dirname(path.join(fleet, file)), { recursive: true });
        writeFileSync(path.join(fleet, file), text);
      }
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("ends with every site done exactly once, by the ledger and by the states", async () => {
      const random = randomOf(seed);
      const start = () => startEdgewave(["rollout", "start", "--engine", "embedded", "--fleet", fleet, "--out", out]);
      const told = { driver: 0, worker: 0 };
      let running = start();
      for (let done = 0; done < kills;) {
        const aimsAtWorker = random() < 0.5;
        if (aimsAtWorker) await until(() => workerOf(running, random) !== undefined || hasEnded(running));
        await delay(100 + random() * 3_000);
        if (hasEnded(running)) {
          const { code, stdout, stderr } = await running.ended;
          expect.fail(`it ended with code ${String(code)} after ${done} kills:\n${stdout}\n${stderr}`);
        }
        if (aimsAtWorker) {
          const worker = workerOf(running, random);
          if (worker === undefined || !killed(worker)) continue;
          told.worker += 1;
        } else {
          running.child.kill("SIGKILL");
          await running.ended;
          told.driver += 1;
          running = start();
        }
        done += 1;
      }
      const last = await running.ended;
      expect(last.code, last.stdout + last.stderr).to.equal(0);
      console.log(`      ${told.driver} drivers and ${told.worker} workers were killed`);
      expect(told.driver).to.be.greaterThan(5);
      expect(told.worker).to.be.greaterThan(5);

      await expectDoneOnce();
      const again = await edgewave([
        "rollout",
        "start",
        "--engine",
        "embedded",
        "--fleet",
        fleet,
        "--out",
        out,
        "--json",
      ]);
      expect(again.code, again.stderr).to.equal(0);
      const { sites: found } = JSON.parse(again.stdout) as { sites: { site: string; outcome: string }[] };
      for (const { site, outcome } of found) expect(outcome, site).to.equal("unchanged");
    });

    async function expectDoneOnce(): Promise<void> {
      const file = path.join(out, "ledger.db");
      expect(await verifyLedger(file)).to.deep.equal([]);
      const ledger = await openLedgerForReading(file);
      try {
        const runs = (await ledger?.runs()) ?? [];
        expect(runs).to.have.length(1);
        const events = (await ledger?.events(runs[0]?.run ?? "")) ?? [];
        const ends = new Map<string, string[]>();
        for (const { event } of events) {
          if (event.type === "site-finished") ends.set(event.site, [...(ends.get(event.site) ?? []), event.outcome]);
        }
        expect(ends.size).to.equal(count);
        for (const [site, outcomes] of ends) expect(outcomes, site).to.deep.equal(["succeeded"]);
        const state = foldEvents(events);
        expect(state.finished?.result).to.equal("succeeded");
        for (const { site, resources } of state.sites.values()) {
          const { latest } = checkpoint(out, site).checkpoint;
          expect(latest?.pending_operations ?? [], site).to.deep.equal([]);
          const urns = (latest?.resources ?? []).map(({ urn }) => urn);
          expect(new Set(urns).size, site).to.equal(urns.length);
          // The ledger counts what the program registers, the state the default providers too.
          expect(urns.length, site).to.be.at.least(resources);
          expect(branches(out, site).deploy, site).to.equal(branches(out, site).release);
        }
      } finally {
        ledger?.close();
      }
    }
  },
);

function hasEnded({ child }: RunningCommand): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(100);
}

/** One of the driver's workers; undefined if it has none. Its other children are those of the TypeScript loader. */
function workerOf({ child }: RunningCommand, random: () => number): number | undefined {
  const children = readdirSync("/proc").filter(
    (name) => /^\d+$/.test(name) && parentOf(name) === child.pid && isWorker(name),
  );
  const chosen = children[Math.floor(random() * children.length)];
  return chosen === undefined ? undefined : Number(chosen);
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

function isWorker(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("worker.ts");
  } catch {
    return false;
  }
}

function killed(pid: number): boolean {
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
