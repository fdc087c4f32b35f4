import { performance } from "node:perf_hooks";

import type { Fleet, ResolvedSite, Rollout } from "../../fleet/model";
import { systemClock } from "../../rollout/clock";
import { eventVersion } from "../../rollout/events";
import { forecast } from "../../rollout/forecast";
import { runRollout } from "../../rollout/driver";
import { openLedger, openLedgerForReading } from "../../rollout/ledger/sqliteLedger";
import { planWaves } from "../../rollout/planWaves";
import type { Promoter } from "../../rollout/promoter";
import { readState } from "../../rollout/snapshot";
import { rolloutStarted } from "../../rollout/start";
import { startState } from "../../rollout/startState";
import type { RunResult, StackRunner } from "../../rollout/stackRunner";
import { whyRollout } from "../../rollout/why";
import { aFleet, aRelease, aRollout, aWave, sites } from "../../test/support/fleet";
import { answer, type Cost, ownCost } from "../child";

export interface DriverAnswer extends Cost {
  readonly seconds: number;
}

/** What the driver itself costs, with runs that take no time. Each measurement has a process of its own. */
const measurements: Readonly<Record<string, (count: number, ledger: string) => Promise<number>>> = {
  async plan(count) {
    const fleet = fleetOf(count);
    return timed(async () => void planWaves(fleet.sites, rolloutOf(fleet)));
  },
  /** All that `edgewave plan` does with a fleet once it has read it: waves, desired hashes, and when each wave will end. */
  async predict(count) {
    const fleet = fleetOf(count);
    return timed(async () => {
      const [plan, release] = [planWaves(fleet.sites, rolloutOf(fleet)), aRelease()];
      const inputs = { fleet, release, plan, signers: [], programDigest: "program", successes: new Map() };
      const event = rolloutStarted(inputs);
      const { endsAt } = forecast(startState({ run: "r", sequence: 1, at: 0, version: eventVersion, event }), 0);
      if (endsAt === undefined) throw new Error("the rollout has no end");
    });
  },
  async drive(count, file) {
    const fleet = fleetOf(count);
    const ledger = await openLedger(file);
    try {
      return await timed(() => drive(fleet, ledger));
    } finally {
      ledger.close();
    }
  },
  status: (_, file) =>
    timed(async () => {
      const ledger = await openLedgerForReading(file);
      const run = await ledger?.lastRun();
      if (ledger === undefined || run === undefined) throw new Error(`there is no run in ${file}`);
      whyRollout(await readState(ledger, run.run), Date.now());
      ledger.close();
    }),
};

async function drive(fleet: Fleet, ledger: Awaited<ReturnType<typeof openLedger>>): Promise<void> {
  const rollout = rolloutOf(fleet);
  const plan = planWaves(fleet.sites, rollout);
  const release = aRelease();
  const options = { fleet, release, rollout, plan, signers: [], programDigest: "program", runner, promoter, ledger };
  const { finished } = await runRollout({ ...options, clock: systemClock });
  if (finished?.result !== "succeeded") throw new Error(`the rollout ended as ${finished?.result}`);
}

/** Sites that are done at once. */
const done: RunResult = { resources: 40, changes: { create: 40 }, seconds: 0 };
const never = () => Promise.reject(new Error("the driver does nothing of this kind"));
const runner: StackRunner = {
  up: async () => done,
  preview: never,
  destroy: never,
  drift: never,
  evidence: async (site) => `evidence of ${site}`,
  close: async () => undefined,
};
const promoter: Promoter = {
  promote: async (site, release) => ({ site, from: release, to: release, moved: false }),
};

function fleetOf(count: number): Fleet {
  const all: ResolvedSite[] = sites(count, (index) => ({
    region: `region-${index % 40}`,
    labels: { uplink: `uplink-${index % 200}` },
  }));
  const rollout: Rollout = aRollout({
    waves: [
      aWave({ name: "canary", canary: true, size: { count: 20 } }),
      aWave({ name: "grow", size: { start: 50, factor: 2, max: 2_000 } }),
    ],
    maxConcurrency: 100,
    failureDomain: { label: "uplink", maxConcurrency: 5, maxFailures: { count: 2 }, maxDeferred: undefined },
  });
  return aFleet({ sites: all, releases: [aRelease()], rollouts: [rollout] });
}

function rolloutOf({ rollouts: [rollout] }: Fleet): Rollout {
  if (rollout === undefined) throw new Error("the fleet has no rollout");
  return rollout;
}

/** @returns seconds. */
async function timed(act: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await act();
  return (performance.now() - before) / 1000;
}

async function main([name = "", count = "0", ledger = ""]: readonly string[]): Promise<void> {
  const seconds = await measurements[name]?.(Number(count), ledger);
  answer({ ...ownCost(), seconds });
}

void main(process.argv.slice(2));
