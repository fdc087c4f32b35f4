import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect } from "chai";

import { type Inbox, type LedgerRequest, UnknownRequest } from "../../../rollout/ledger/inbox";
import { MemoryLedger } from "../memoryLedger";
import { ended, LedgerFile, reopened, started } from "./fileFixture";

describe("the requests of other processes", () => {
  let file: LedgerFile;

  beforeEach(async () => {
    file = await LedgerFile.make();
  });

  afterEach(() => file.remove());

  const request = (overrides: Partial<LedgerRequest> = {}): LedgerRequest => ({
    rollout: "autumn",
    run: "run-1",
    at: 1000,
    type: "pause",
    data: { reason: "storm", nested: [1, null] },
    by: "ana@porto",
    ...overrides,
  });

  const inboxes: [string, () => Promise<Inbox>][] = [
    ["in a file", () => file.open()],
    ["in memory", async () => new MemoryLedger()],
  ];
  for (const [where, open] of inboxes) {
    describe(where, () => {
      it("are given to the driver of the rollout, in order of arrival, until they are answered", async () => {
        const inbox = await open();
        // Not in the order of anybody's clock.
        const first = await inbox.putRequest(request({ at: 3000 }));
        const second = await inbox.putRequest(request({ type: "resume", at: 1000, data: undefined }));
        await inbox.putRequest(request({ rollout: "winter" }));
        const third = await inbox.putRequest(request({ run: undefined, at: 2000 }));
        expect(await inbox.openRequests("autumn")).to.deep.equal([
          { ...request({ at: 3000 }), id: first },
          { ...request({ type: "resume", data: null }), id: second },
          { ...request({ run: undefined, at: 2000 }), id: third },
        ]);
        expect(await inbox.answerRequest(second, "done")).to.equal(true);
        expect((await inbox.openRequests("autumn")).map(({ id }) => id)).to.deep.equal([first, third]);
        expect(await inbox.openRequests("spring")).to.deep.equal([]);
      });

      it("are answered once, and the first answer stays", async () => {
        const inbox = await open();
        const id = await inbox.putRequest(request());
        expect(await inbox.requestAnswer(id)).to.equal(undefined);
        expect(await inbox.answerRequest(id, "paused")).to.equal(true);
        expect(await inbox.answerRequest(id, "refused")).to.equal(false);
        expect((await inbox.requestAnswer(id))?.answer).to.equal("paused");
      });

      it("have ids that nobody takes for another's", async () => {
        const inbox = await open();
        const ids = await Promise.all([1, 2, 3].map(() => inbox.putRequest(request())));
        expect(new Set(ids).size).to.equal(3);
        for (const id of ids) expect(id).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect(await inbox.requestAnswer("no such id").catch((error: unknown) => error)).to.be.instanceOf(
          UnknownRequest,
        );
        expect(await inbox.answerRequest("no such id", "x")).to.equal(false);
      });
    });
  }

  it("are in the file after it was closed", async () => {
    const first = await file.open();
    const id = await first.putRequest(request());
    first.close();
    const second = await file.open();
    expect((await second.openRequests("autumn")).map((one) => one.id)).to.deep.equal([id]);
  });

  it("come from one process and are answered by another, while that one writes", async () => {
    const driver = await file.open();
    const lease = await driver.lease("rollout/autumn");
    await driver.append(lease, "run-1", 1, [started()]);
    const child = fork(join(__dirname, "requestPutter.ts"), [file.path], { execArgv: ["--import", "tsx"] });
    const exit = once(child, "exit");
    const told: unknown[] = [];
    child.on("message", (message) => told.push(message));
    const [{ id }] = (await once(child, "message")) as [{ id: string }];
    await driver.append(lease, "run-1", 2, [ended]);
    const [open, ...others] = await driver.openRequests("autumn");
    expect(others).to.deep.equal([]);
    expect(open).to.deep.equal({ ...request({ at: 5, data: { reason: "storm" } }), id });
    await driver.answerRequest(id, "paused by run-1");
    expect((await exit)[0]).to.equal(0);
    expect(told).to.deep.equal([{ id }, { answer: "paused by run-1" }]);
  });

  for (const [version, sql] of [
    [
      1,
      "DROP TABLE requests; ALTER TABLE leases DROP COLUMN boot_id; ALTER TABLE leases DROP COLUMN pid_namespace; " +
        "ALTER TABLE leases DROP COLUMN start_ticks; PRAGMA user_version = 1",
    ],
    [2, "DROP TABLE requests; PRAGMA user_version = 2"],
  ] as const) {
    it(`can be left in a ledger that version ${version} made, whoever opens it first`, async () => {
      const old = await file.open();
      await old.append(await old.lease("rollout/autumn"), "run-1", 1, [started()]);
      old.close();
      await file.execute(sql);
      const [first, second] = await Promise.all([file.open(), file.open()]);
      const id = await first.putRequest(request());
      expect((await second.openRequests("autumn")).map((one) => one.id)).to.deep.equal([id]);
      expect(await second.events("run-1")).to.have.length(1);
      await first.lease("rollout/winter");
    });
  }
});

describe("a run that is reopened", () => {
  let file: LedgerFile;

  beforeEach(async () => {
    file = await LedgerFile.make();
  });

  afterEach(() => file.remove());

  for (const where of ["in a file", "in memory"] as const) {
    it(`has not ended, until it ends again, ${where}`, async () => {
      const ledger = where === "in memory" ? new MemoryLedger() : await file.open();
      const lease = await ledger.lease("rollout/autumn");
      const states: (boolean | undefined)[] = [];
      for (const event of [started(), ended, reopened, ended]) {
        await ledger.append(lease, "run-1", 1, [event]);
        states.push((await ledger.lastRun("autumn"))?.finished);
      }
      expect(states).to.deep.equal([false, true, false, true]);
    });

    it(`tells all sites' last successes at once, ${where}`, async () => {
      const ledger = where === "in memory" ? new MemoryLedger() : await file.open();
      const lease = await ledger.lease("rollout/autumn");
      const success = { desiredHash: "d", release: "2026.11.0", evidence: "e", token: 1, resources: 2, changedAt: 1 };
      await ledger.append(lease, "run-1", 1, [started()]);
      for (const [site, outcome] of [
        ["porto", "succeeded"],
        ["faro", "failed"],
        ["sines", "succeeded"],
      ] as const) {
        await ledger.claimSite(lease, site);
        const end = { type: "site-finished", site, outcome, seconds: 1, resources: 2, changes: {} } as const;
        await ledger.append(lease, "run-1", 2, [outcome === "failed" ? { ...end, reason: "no" } : { ...end, success }]);
      }
      const successes = await ledger.successes();
      expect([...successes.keys()].sort()).to.deep.equal(["porto", "sines"]);
      expect(successes.get("porto")).to.deep.equal(await ledger.lastSuccess("porto"));
    });
  }
});
