import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { foldEvents } from "../../rollout/fold";
import { openLedger } from "../../rollout/ledger/sqliteLedger";
import { isSnapshotDue, readState, snapshotForm, snapshotText, stateOfSnapshot } from "../../rollout/snapshot";
import type { RolloutState } from "../../rollout/state";
import { aRollout, aWave, sites } from "../support/fleet";
import { aWorld, drive } from "./drive";

const plain = (state: RolloutState): unknown => JSON.parse(snapshotText(state));
/** All that is known of each, but for what is undefined. */
const sitesOf = ({ sites: table }: RolloutState): unknown => JSON.parse(JSON.stringify([...table.values()]));

describe("a snapshot of a rollout", () => {
  const failureDomain = { label: "region", maxConcurrency: 2, maxFailures: undefined, maxDeferred: undefined };
  const rollout = aRollout({ waves: [aWave({ name: "all", size: "rest" })], failureDomain });

  it("reads as the state that it was made of, and goes on from there as the whole run does", async () => {
    const world = aWorld(sites(6), rollout, { "site-2": { fails: "no" } });
    await drive(world);
    const events = world.ledger.recorded;
    for (let cut = 1; cut < events.length; cut += 1) {
      const state = foldEvents(events.slice(0, cut));
      const before = stateOfSnapshot(snapshotText(state));
      expect(sitesOf(before)).to.deep.equal(sitesOf(state));
      world.ledger.keepSnapshot({} as never, before.run, before.sequence, snapshotForm, snapshotText(before));
      expect(plain(await readState(world.ledger, before.run))).to.deep.equal(plain(foldEvents(events)));
    }
  });

  it("is due when a large run comes to rest and now and then before, never for a small one", async () => {
    const small = await drive(aWorld(sites(3), rollout));
    expect(isSnapshotDue(small, 0)).to.equal(false);
    expect(isSnapshotDue({ ...small, sequence: 1_500 }, 1_400)).to.equal(true);
    expect(isSnapshotDue({ ...small, sequence: 1_500, finished: undefined }, 1_400)).to.equal(false);
    expect(isSnapshotDue({ ...small, sequence: 2_500, finished: undefined }, 1_400)).to.equal(true);
  });

  it("is not read if its events are others, if it is of another form, or if who wrote it had lost the lease", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "edgewave-snapshot-"));
    const ledger = await openLedger(path.join(folder, "ledger.db"));
    try {
      const world = aWorld(sites(2), rollout);
      await drive({ ...world, ledger: ledger as never });
      const [run] = await ledger.runs();
      const state = foldEvents(await ledger.events(run?.run ?? ""));
      const lease = await ledger.lease("rollout/autumn");
      await ledger.keepSnapshot(lease, state.run, state.sequence, snapshotForm, snapshotText(state));
      expect((await ledger.snapshot(state.run, snapshotForm))?.sequence).to.equal(state.sequence);
      expect(await ledger.snapshot(state.run, "another")).to.equal(undefined);
      await lease.release();
      let lost: unknown;
      await ledger.keepSnapshot(lease, state.run, state.sequence, snapshotForm, "{}").catch((error) => (lost = error));
      expect(String(lost)).to.match(/taken over/);
      expect(plain(await readState(ledger, state.run))).to.deep.equal(plain(state));
    } finally {
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
