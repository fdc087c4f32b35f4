import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "@libsql/client";
import { assert, expect } from "chai";

import type { RolloutEvent } from "../../rollout/events";
import { type Ledger, LeaseLost, LedgerBroken, RolloutLocked, SiteBusy } from "../../rollout/ledger/ledger";
import { LedgerUnreadable, LedgerUnwritable } from "../../rollout/ledger/fileFailures";
import { openLedger, openLedgerForReading } from "../../rollout/ledger/sqliteLedger";
import { planWaves } from "../../rollout/planWaves";
import { passFence } from "../../rollout/runner/fence";
import { rolloutStarted } from "../../rollout/start";
import { aFleet, aRelease, aRollout, sites } from "../support/fleet";
import { aWorld, drive } from "./drive";

describe("the ledger on a file", () => {
  let folder: string;
  let file: string;
  const open: Ledger[] = [];

  beforeEach(async () => {
    // A name that would break a carelessly built file URL.
    folder = await mkdtemp(join(tmpdir(), "edgewave led#ger %20?-"));
    file = join(folder, "state", "ledger.db");
  });

  afterEach(async () => {
    for (const ledger of open.splice(0)) ledger.close();
    await rm(folder, { recursive: true });
  });

  async function opened(): Promise<Ledger> {
    const ledger = await openLedger(file);
    open.push(ledger);
    return ledger;
  }

  function started(): RolloutEvent {
    const fleet = aFleet({ sites: sites(2) });
    return rolloutStarted({
      fleet,
      release: aRelease(),
      plan: planWaves(fleet.sites, aRollout()),
      signers: [],
      programDigest: "p",
      successes: new Map(),
    });
  }

  /** What an intruder or a broken disk does: the triggers are no hindrance to them. */
  async function tamper(sql: string): Promise<void> {
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.executeMultiple(`DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_removed; ${sql}`);
    client.close();
  }

  const wave = (name: string): RolloutEvent => ({ type: "wave-started", wave: name });

  it("gives back what was appended, in order, also after it was closed", async () => {
    const first = await opened();
    const lease = await first.lease("rollout/autumn");
    await first.append(lease, "run-1", 1000, [started(), wave("canary")]);
    await first.append(lease, "run-1", 2000, [wave("rest")]);
    await lease.release();
    first.close();
    const events = await (await opened()).events("run-1");
    expect(events.map(({ sequence, at, event }) => [sequence, at, event.type])).to.deep.equal([
      [1, 1000, "rollout-started"],
      [2, 1000, "wave-started"],
      [3, 2000, "wave-started"],
    ]);
    expect(events[0]?.event).to.deep.equal(JSON.parse(JSON.stringify(started())));
  });

  it("continues the chain of a run that an earlier driver began", async () => {
    const first = await opened();
    const lease = await first.lease("rollout/autumn");
    await first.append(lease, "run-1", 1000, [started()]);
    await lease.release();
    const second = await opened();
    await second.append(await second.lease("rollout/autumn"), "run-1", 2000, [wave("canary")]);
    expect(await second.events("run-1")).to.have.length(2);
    expect(await second.events("run-1", 1)).to.have.length(1);
  });

  it("knows the latest run of a rollout, and whether it ended", async () => {
    const ledger = await opened();
    const lease = await ledger.lease("rollout/autumn");
    expect(await ledger.lastRun("autumn")).to.equal(undefined);
    await ledger.append(lease, "run-1", 1000, [started(), { type: "rollout-finished", result: "succeeded" }]);
    await ledger.append(lease, "run-2", 2000, [started()]);
    expect(await ledger.lastRun("autumn")).to.deep.include({ run: "run-2", finished: false, startedAt: 2000 });
    expect((await ledger.runs()).map(({ finished }) => finished)).to.deep.equal([false, true]);
    expect(await ledger.lastRun("winter")).to.equal(undefined);
  });

  const damages: [string, string, number][] = [
    ["a changed event", `UPDATE events SET data = replace(data, 'canary', 'canarx') WHERE sequence = 2`, 2],
    ["a changed time", `UPDATE events SET at = 5 WHERE sequence = 3`, 3],
    ["a removed event", `DELETE FROM events WHERE sequence = 2`, 2],
    ["an event moved to another run", `UPDATE events SET run = 'run-0' WHERE sequence = 3`, 1],
    [
      "an event put in",
      `UPDATE events SET sequence = 4 WHERE sequence = 3;
       INSERT INTO events SELECT run, 3, at, type, version, data, hash, hash, lease FROM events WHERE sequence = 2`,
      3,
    ],
  ];
  for (const [name, sql, sequence] of damages) {
    it(`reports ${name} with its sequence number, and does not open for a driver`, async () => {
      const first = await opened();
      await first.append(await first.lease("rollout/autumn"), "run-1", 1000, [started(), wave("canary"), wave("rest")]);
      if (name.includes("another run")) {
        await first.append(await first.lease("rollout/other"), "run-0", 1000, [started()]);
        await tamper("DELETE FROM events WHERE run = 'run-0'; " + sql);
      } else await tamper(sql);
      first.close();
      const failure = await openLedger(file).catch((error: unknown) => error);
      assert(failure instanceof LedgerBroken);
      expect(failure.sequence).to.equal(sequence);
      expect(failure.message).to.contain(file);
    });
  }

  const cuts: [string, (content: Buffer) => Buffer][] = [
    ["cut off", (content) => content.subarray(0, 5000)],
    ["garbled", (content) => Buffer.concat([content.subarray(0, 4096), Buffer.alloc(content.length - 4096, "x")])],
    ["something else", () => Buffer.alloc(5000, "x")],
    ["a few bytes", () => Buffer.from("hello")],
  ];
  for (const [name, cut] of cuts) {
    it(`says what to do about a file that is ${name}, to drivers and readers`, async () => {
      const first = await opened();
      await first.append(await first.lease("rollout/autumn"), "run-1", 1000, [started(), wave("canary")]);
      const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
      await client.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      client.close();
      first.close();
      for (const rest of ["-wal", "-shm"]) await rm(`${file}${rest}`, { force: true });
      await writeFile(file, cut(await readFile(file)));
      const reading = async () => {
        const reader = await openLedgerForReading(file);
        const last = await reader?.lastRun();
        return reader?.events(last?.run ?? "none");
      };
      for (const open of [() => openLedger(file), reading]) {
        const failure = await open().catch((error: unknown) => error);
        assert(failure instanceof LedgerUnreadable);
        expect(failure.message).to.contain(file).and.to.contain("move it away").and.to.contain("-wal");
      }
    });
  }

  it("says what to do when its folder cannot be made or its file not opened", async () => {
    await mkdir(file, { recursive: true });
    const failure = await openLedger(file).catch((error: unknown) => error);
    assert(failure instanceof LedgerUnwritable);
    expect(failure.message).to.contain(`${file} cannot be written`).and.to.contain(join(folder, "state"));
  });

  it("does not let a lease that cannot be given back hide why", async () => {
    const ledger = await opened();
    const lease = await ledger.lease("rollout/autumn");
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.execute("CREATE TRIGGER t BEFORE DELETE ON leases BEGIN SELECT RAISE(ABORT, 'no room'); END");
    client.close();
    const run = async () => {
      try {
        throw new Error("the first failure");
      } finally {
        await lease.release();
      }
    };
    expect(await run().catch((error: unknown) => error)).to.have.property("message", "the first failure");
    expect(await ledger.holder("rollout/autumn")).to.include({ pid: process.pid });
  });

  it("does not let an event be changed or removed in passing", async () => {
    const ledger = await opened();
    await ledger.append(await ledger.lease("rollout/autumn"), "run-1", 1000, [started()]);
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    for (const sql of ["UPDATE events SET at = 1", "DELETE FROM events"]) {
      const failure = await client.execute(sql).catch((error: unknown) => error);
      expect(String(failure)).to.contain("append-only");
    }
    client.close();
  });

  it("lets one driver at a time drive a rollout, and another one drive another", async () => {
    const [first, second] = [await opened(), await opened()];
    const lease = await first.lease("rollout/autumn");
    const failure = await second.lease("rollout/autumn").catch((error: unknown) => error);
    assert(failure instanceof RolloutLocked);
    expect(failure.holder).to.include({ pid: process.pid, owner: "alive" });
    expect(failure.message).to.contain(`process ${process.pid}`);
    await second.lease("rollout/winter");
    await lease.release();
    await second.lease("rollout/autumn");
  });

  it("takes a lease over whose process is proven dead, and the dead one's handle can write nothing more", async () => {
    const first = await opened();
    const lease = await first.lease("rollout/autumn");
    await first.append(lease, "run-1", 1000, [started()]);
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.execute({ sql: "UPDATE leases SET pid = ?", args: [child.pid ?? 0] });
    client.close();
    const second = await opened();
    expect((await second.holder("rollout/autumn"))?.owner).to.equal("dead");
    await second.lease("rollout/autumn");
    const failure = await first.append(lease, "run-1", 2000, [wave("canary")]).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(LeaseLost);
    expect(await second.events("run-1")).to.have.length(1);
  });

  it("takes a lease over whose process number belongs to another process now", async () => {
    const first = await opened();
    await first.lease("rollout/autumn");
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    // This very process is alive, but another one with its number took the lease.
    await client.execute("UPDATE leases SET start_ticks = start_ticks - 1");
    client.close();
    await (await opened()).lease("rollout/autumn");
  });

  it("keeps the lease of a live driver although the clock was set", async () => {
    const first = await opened();
    await first.lease("rollout/autumn");
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    const second = await opened();
    for (const hours of [-24, 24]) {
      const time = Date.now() + hours * 3_600_000;
      await client.execute({ sql: "UPDATE leases SET since = ?1, renewed_at = ?1", args: [time] });
      const failure = await second.lease("rollout/autumn").catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(RolloutLocked);
    }
    client.close();
  });

  it("waits a minute for a driver of another container under the same host name, though nobody here has its number", async () => {
    const first = await opened();
    await first.lease("rollout/autumn");
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.execute({ sql: "UPDATE leases SET pid_namespace = 'pid:[1]', pid = ?", args: [child.pid ?? 0] });
    const second = await opened();
    expect(await second.lease("rollout/autumn").catch((error: unknown) => error)).to.be.instanceOf(RolloutLocked);
    await client.execute({ sql: "UPDATE leases SET renewed_at = ?", args: [Date.now() - 61_000] });
    client.close();
    await second.lease("rollout/autumn");
  });

  it("reads a ledger of version 1, and keeps its live driver's lease", async () => {
    (await opened()).close();
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.executeMultiple(
      "ALTER TABLE leases DROP COLUMN boot_id; ALTER TABLE leases DROP COLUMN pid_namespace; " +
        "ALTER TABLE leases DROP COLUMN start_ticks; PRAGMA user_version = 1",
    );
    await client.execute({
      sql: "INSERT INTO leases VALUES ('rollout/autumn', 'x', ?1, ?2, ?3, ?3)",
      args: [hostname(), process.pid, Date.now()],
    });
    client.close();
    const ledgers = await Promise.all([opened(), opened()]);
    for (const ledger of ledgers) {
      const failure = await ledger.lease("rollout/autumn").catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(RolloutLocked);
    }
    await ledgers[0].lease("rollout/winter");
    expect((await ledgers[1].holder("rollout/winter"))?.owner).to.equal("alive");
  });

  it("waits a minute for a driver on another host, where no process can be looked at", async () => {
    const first = await opened();
    await first.lease("rollout/autumn");
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.execute("UPDATE leases SET host = 'elsewhere'");
    const second = await opened();
    expect(await second.lease("rollout/autumn").catch((error: unknown) => error)).to.be.instanceOf(RolloutLocked);
    await client.execute({ sql: "UPDATE leases SET renewed_at = ?", args: [Date.now() - 61_000] });
    client.close();
    await second.lease("rollout/autumn");
  });

  it("gives every run of a site a higher fencing token, whoever asks", async () => {
    const [first, second] = [await opened(), await opened()];
    const [autumn, winter] = [await first.lease("rollout/autumn"), await second.lease("rollout/winter")];
    const tokens = [await first.claimSite(autumn, "porto")];
    await first.releaseSite(autumn, "porto");
    tokens.push(await second.claimSite(winter, "porto"));
    await winter.release();
    tokens.push(await first.claimSite(autumn, "porto"), await first.claimSite(autumn, "faro"));
    const [one = 0, two = 0, three = 0] = tokens;
    expect(two).to.be.greaterThan(one);
    expect(three).to.be.greaterThan(two);
  });

  it("goes on above the fencing tokens of a ledger that was moved away", async () => {
    const first = await opened();
    const lease = await first.lease("rollout/autumn");
    let before = 0;
    for (let run = 0; run < 3; run += 1) before = await first.claimSite(lease, "porto");
    first.close();
    await rename(file, `${file}.broken`);
    for (const rest of ["-wal", "-shm"]) await rm(`${file}${rest}`, { force: true });
    // Nobody moves a file within the few milliseconds by which a burst of claims is ahead of the clock.
    while (Date.now() <= before) await new Promise((resolve) => setTimeout(resolve, 1));
    const second = await opened();
    const token = await second.claimSite(await second.lease("rollout/autumn"), "porto");
    expect(token).to.be.greaterThan(before);
    await passFence(join(folder, "stacks", "porto"), before);
    await passFence(join(folder, "stacks", "porto"), token);
  });

  it("gives a higher fencing token than the last one also when the clock was set back", async () => {
    const ledger = await opened();
    const lease = await ledger.lease("rollout/autumn");
    await ledger.claimSite(lease, "porto");
    const ahead = Date.now() + 86_400_000;
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.execute({ sql: "UPDATE sites SET token = ?", args: [ahead] });
    client.close();
    expect(await ledger.claimSite(lease, "porto")).to.equal(ahead + 1);
  });

  it("does not let two rollouts run one site at once", async () => {
    const [first, second] = [await opened(), await opened()];
    await first.claimSite(await first.lease("rollout/autumn"), "porto");
    const winter = await second.lease("rollout/winter");
    const failure = await second.claimSite(winter, "porto").catch((error: unknown) => error);
    assert(failure instanceof SiteBusy);
    expect(failure.message).to.contain("site porto is being run: rollout/autumn");
  });

  it("keeps what a site's last success recorded, and a failure does not touch it", async () => {
    const ledger = await opened();
    const lease = await ledger.lease("rollout/autumn");
    const end = { type: "site-finished", site: "porto", seconds: 1, resources: 2, changes: {} } as const;
    const success = { desiredHash: "d", release: "2026.11.0", evidence: "e", token: 1, resources: 2, changedAt: 1 };
    await ledger.claimSite(lease, "porto");
    await ledger.append(lease, "run-1", 1, [started(), { ...end, outcome: "succeeded", success }]);
    await ledger.append(lease, "run-1", 2, [{ ...end, outcome: "failed", reason: "no" }]);
    expect(await ledger.lastSuccess("porto")).to.deep.equal(success);
    expect(await ledger.lastSuccess("faro")).to.equal(undefined);
  });

  it("can be read while a driver writes", async () => {
    const writer = await opened();
    const lease = await writer.lease("rollout/autumn");
    await writer.append(lease, "run-1", 1, [started()]);
    const reader = await openLedgerForReading(file);
    assert(reader);
    open.push(reader);
    const seen: number[] = [];
    for (let index = 0; index < 20; index += 1) {
      const writing = writer.append(lease, "run-1", index, [wave("canary")]);
      seen.push((await reader.events("run-1")).length);
      await writing;
    }
    expect(seen).to.deep.equal(seen.toSorted((a, b) => a - b));
    expect(await reader.events("run-1")).to.have.length(21);
  });

  it("is read by another process while this one writes", async () => {
    const writer = await opened();
    const lease = await writer.lease("rollout/autumn");
    await writer.append(lease, "run-1", 1, [started()]);
    const child = fork(join(__dirname, "ledgerReader.ts"), [file], { execArgv: ["--import", "tsx"] });
    const answers: unknown[] = [];
    child.on("message", (message) => answers.push(message));
    const exit = once(child, "exit");
    for (let index = 0; index < 200; index += 1) await writer.append(lease, "run-1", index, [wave("canary")]);
    expect((await exit)[0]).to.equal(0);
    expect(answers).to.have.length(1);
    expect(answers[0]).to.be.greaterThan(0);
  });

  it("is not there for a reader before a driver made it", async () => {
    expect(await openLedgerForReading(file)).to.equal(undefined);
  });

  it("refuses a file of a newer version by name", async () => {
    (await opened()).close();
    const client = createClient({ url: `file:${file.replace(/[#%?]/g, encodeURIComponent)}` });
    await client.execute("PRAGMA user_version = 99");
    client.close();
    const failure = await openLedger(file).catch((error: unknown) => error);
    expect(String(failure)).to.contain("newer edgewave (ledger version 99");
  });

  it("carries a whole rollout, and the second one finds it unchanged", async () => {
    const ledger = await opened();
    const world = { ...aWorld(sites(12), aRollout()), ledger: ledger as never };
    expect((await drive(world)).tally.succeeded).to.equal(12);
    expect((await drive(world)).tally.unchanged).to.equal(12);
    expect(world.runner.runs).to.have.length(12);
  });
});
