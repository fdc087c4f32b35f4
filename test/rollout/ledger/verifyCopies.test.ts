import { expect } from "chai";

import type { RolloutEvent, SiteSuccess } from "../../../rollout/events";
import { foldEvents } from "../../../rollout/fold";
import type { Ledger, Lease } from "../../../rollout/ledger/ledger";
import { verifyLedger } from "../../../rollout/ledger/verify";
import { snapshotForm, snapshotText } from "../../../rollout/snapshot";
import { LedgerFile, started, wave } from "./fileFixture";

/** What a ledger keeps beside its events, after somebody else was at it. */
describe("what a ledger keeps beside its events", () => {
  let file: LedgerFile;
  let ledger: Ledger;
  let lease: Lease;
  let token: number;

  beforeEach(async () => {
    file = await LedgerFile.make();
    ledger = await file.open();
    lease = await ledger.lease("rollout/autumn");
    await ledger.append(lease, "run-1", 1000, [started(), wave("canary")]);
    token = await ledger.claimSite(lease, "porto");
    await ledger.append(lease, "run-1", 2000, [
      { type: "site-started", site: "porto", attempt: 1, token },
      finished("porto", success({ token })),
    ]);
    await keep();
  });
  afterEach(() => file.remove());

  const success = (more: Partial<SiteSuccess> = {}): SiteSuccess => ({
    ...{ desiredHash: "h", release: "2026.11.0", evidence: "e", token: 1, resources: 3, changedAt: 1 },
    ...more,
  });
  const finished = (site: string, found: SiteSuccess): RolloutEvent => ({
    ...{ type: "site-finished", site, outcome: "succeeded", seconds: 1, resources: 3, changes: {}, success: found },
  });
  async function keep(form = snapshotForm): Promise<void> {
    const state = foldEvents(await ledger.events("run-1"));
    await ledger.keepSnapshot(lease, "run-1", state.sequence, form, snapshotText(state));
  }
  const verified = async () =>
    (await verifyLedger(file.path))?.map(({ run, sequence, why }) => (run === "" ? why : `${run}/${sequence}: ${why}`));

  it("holds as the driver wrote it", async () => {
    expect(await verified()).to.deep.equal([]);
  });

  it("holds when events have come after the state that is kept", async () => {
    await ledger.append(lease, "run-1", 3000, [{ type: "paused", by: "ana" }]);
    expect(await verified()).to.deep.equal([]);
  });

  it("holds with a site that was run by itself, outside of a rollout", async () => {
    await ledger.claimSite(lease, "vigo");
    expect(await verified()).to.deep.equal([]);
  });

  it("is of the last success of a site in any run, and of a release on the way", async () => {
    await ledger.append(lease, "run-2", 4000, [started(), wave("canary")]);
    const next = await ledger.claimSite(lease, "porto");
    await ledger.append(lease, "run-2", 5000, [
      { type: "site-started", site: "porto", attempt: 1, token: next },
      {
        type: "site-hopped",
        site: "porto",
        release: "2026.12.0",
        success: success({ token: next, release: "2026.12.0" }),
      },
    ]);
    expect(await verified()).to.deep.equal([]);
    await ledger.append(lease, "run-2", 6000, [finished("porto", success({ token: next, release: "2027.1.0" }))]);
    expect(await verified()).to.deep.equal([]);
  });

  for (const [what, sql, found] of [
    [
      "a success that was changed, by which a site would be taken for unchanged",
      "UPDATE sites SET success = replace(success, '\"h\"', '\"other\"')",
      "the last success of site porto is listed otherwise than its events tell",
    ],
    [
      "a success that was taken out",
      "UPDATE sites SET success = NULL",
      "site porto is listed without a success, and its events tell of one at release 2026.11.0",
    ],
    [
      "a success that is no JSON",
      "UPDATE sites SET success = '{'",
      "the last success of site porto is listed otherwise than its events tell",
    ],
    [
      "a success that never was",
      "INSERT INTO sites (site, token, success) VALUES ('vigo', 9, '{}')",
      "site vigo is listed with a success, and no event tells of one",
    ],
    ["a site that is gone", "DELETE FROM sites", "site porto has been run and is not in the list of sites"],
    [
      "a state that was changed, which status would show",
      `UPDATE snapshots SET data = replace(data, '"outcome":"succeeded"', '"outcome":"failed"')`,
      "run-1/4: the state that is kept after it is not what the events come to",
    ],
    [
      "a state of another event",
      "UPDATE snapshots SET hash = 'x'",
      "run-1/4: the state that is kept after it was made of another event",
    ],
    [
      "a state that is ahead of the events",
      "UPDATE snapshots SET sequence = 9",
      "run-1/9: a state of the run after it is kept, and there is no such event",
    ],
  ] as const) {
    it(`shows ${what}`, async () => {
      await file.execute(sql);
      expect(await verified()).to.deep.equal([found]);
    });
  }

  it("shows a fencing token that was set back", async () => {
    await file.execute("UPDATE sites SET token = 1");
    expect(await verified()).to.deep.equal([
      `site porto is listed with fencing token 1, and its events go up to ${token}`,
    ]);
  });

  it("says nothing of a state in another version's form, which nobody reads", async () => {
    await keep("0");
    await file.execute("UPDATE snapshots SET data = 'x'");
    expect(await verified()).to.deep.equal([]);
  });

  it("says of a state that it cannot be compared where events cannot be read", async () => {
    await file.tamper("UPDATE events SET version = 99 WHERE sequence = 2");
    const found = await verified();
    expect(found?.at(-1)).to.match(
      /^run-1\/4: the state that is kept after it cannot be compared: event 2 cannot be read: /,
    );
  });

  it("is compared as it is at one moment, while a driver goes on", async () => {
    let going = true;
    const driver = (async () => {
      while (going) {
        const next = await ledger.claimSite(lease, "porto");
        await ledger.append(lease, "run-1", 7000, [finished("porto", success({ token: next, changedAt: next }))]);
      }
    })();
    for (let round = 0; round < 5; round += 1) expect(await verified()).to.deep.equal([]);
    going = false;
    await driver;
  });
});
