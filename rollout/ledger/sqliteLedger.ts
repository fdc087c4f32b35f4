import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";

import { type InStatement, LibsqlError } from "@libsql/client";

import { type RecordedEvent, type RolloutEvent, eventVersion, type SiteSuccess } from "../events";
import { type ChainedRow, chainStart, findBreak, rowHash } from "./chain";
import { type LedgerClient, openClient } from "./client";
import { namedFileFailure } from "./fileFailures";
import type { LedgerRequest, RequestAnswer, StoredRequest } from "./inbox";
import { type Ledger, type Lease, LeaseLost, LedgerBroken, type LeaseHolder, type RunSummary } from "./ledger";
import { Leases } from "./leases";
import { Requests } from "./requests";
import { readRows, readRuns } from "./rowReader";
import { Sites } from "./sites";
import { chainedRow, insertions, projection, recorded } from "./statements";
import { bringUpToDate } from "./version";

/**
 * Opens a ledger for a driver and makes it if it is not there. All chains are checked.
 * @throws LedgerBroken if a chain does not hold; LedgerUnreadable or LedgerUnwritable, here and from everything that the
 *   ledger does, if its file is damaged or cannot be written.
 */
export async function openLedger(file: string): Promise<Ledger> {
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
    throw namedFileFailure(file, error);
  });
  const ledger = await SqliteLedger.open(file);
  try {
    for (const { run } of await ledger.runs()) await ledger.events(run);
    return ledger;
  } catch (error) {
    ledger.close();
    throw error;
  }
}

/**
 * Opens a ledger to read from it, while a driver writes or not. A chain is checked when its events are read.
 * @returns undefined if there is no ledger yet.
 * @throws LedgerUnreadable or LedgerUnwritable.
 */
export async function openLedgerForReading(file: string): Promise<Ledger | undefined> {
  return existsSync(file) ? SqliteLedger.open(file) : undefined;
}

class SqliteLedger implements Ledger {
  private readonly leases: Leases;
  private readonly requests: Requests;
  private readonly sites: Sites;
  /** Last event of the runs that this process writes to. */
  private readonly tails = new Map<string, { readonly sequence: number; readonly hash: string }>();

  private constructor(
    private readonly client: LedgerClient,
    private readonly file: string,
  ) {
    this.leases = new Leases(client);
    this.requests = new Requests(client);
    this.sites = new Sites(client, this.leases);
  }

  static async open(file: string): Promise<SqliteLedger> {
    const client = openClient(file);
    try {
      await bringUpToDate(client, file);
      return new SqliteLedger(client, file);
    } catch (error) {
      client.close();
      throw error;
    }
  }

  lease(name: string): Promise<Lease> {
    return this.leases.take(name);
  }

  holder(name: string): Promise<LeaseHolder | undefined> {
    return this.leases.holder(name);
  }

  async lastRun(rollout?: string): Promise<RunSummary | undefined> {
    return (await this.selectRuns(rollout, 1))[0];
  }

  runs(rollout?: string): Promise<RunSummary[]> {
    return this.selectRuns(rollout, -1);
  }

  private async selectRuns(rollout: string | undefined, limit: number): Promise<RunSummary[]> {
    const { rows } = await this.client.execute({
      sql: "SELECT * FROM runs WHERE ?1 IS NULL OR rollout = ?1 ORDER BY number DESC LIMIT ?2",
      args: [rollout ?? null, limit],
    });
    return rows.map((row) => ({
      run: String(row["run"]),
      rollout: String(row["rollout"]),
      startedAt: Number(row["started_at"]),
      finished: Number(row["finished"]) === 1,
    }));
  }

  async events(run: string, after = 0): Promise<RecordedEvent[]> {
    // The row at `after` is read too: the first new one has to follow it.
    const { rows } = await this.client.execute({
      sql: "SELECT * FROM events WHERE run = ? AND sequence >= ? ORDER BY sequence",
      args: [run, after],
    });
    const chained = rows.map(chainedRow);
    const before = after > 0 ? chained.shift() : { sequence: 0, hash: chainStart };
    if (before === undefined) return [];
    const broken = findBreak(chained, before);
    if (broken !== undefined) throw new LedgerBroken(this.file, run, broken.sequence, broken.why);
    const last = chained.at(-1) ?? before;
    this.tails.set(run, { sequence: last.sequence, hash: last.hash });
    return chained.map((row) => recorded(row));
  }

  async eventsOf(run: string, types: readonly RolloutEvent["type"][]): Promise<RecordedEvent[]> {
    const { rows } = await this.client.execute({
      sql: `SELECT * FROM events WHERE run = ? AND type IN (${types.map(() => "?").join(", ")}) ORDER BY sequence`,
      args: [run, ...types],
    });
    return rows.map(chainedRow).map((row) => {
      if (row.hash === rowHash(row)) return recorded(row);
      throw new LedgerBroken(this.file, run, row.sequence, "its content is not what was written");
    });
  }

  rows(run: string, after?: number, most?: number): Promise<ChainedRow[]> {
    return readRows(this.client, run, after, most);
  }

  recordedRuns(): Promise<string[]> {
    return readRuns(this.client);
  }

  async append(lease: Lease, run: string, at: number, events: readonly RolloutEvent[]): Promise<RecordedEvent[]> {
    let { sequence, hash } = this.tails.get(run) ?? (await this.tail(run));
    const rows: ChainedRow[] = [];
    const repeats: InStatement[] = [];
    for (const event of events) {
      sequence += 1;
      const open = {
        run,
        sequence,
        at,
        type: event.type,
        version: eventVersion,
        data: JSON.stringify(event),
        previous: hash,
      };
      hash = rowHash(open);
      rows.push({ ...open, hash });
      repeats.push(...projection(event, run, at, lease));
    }
    try {
      await this.client.batch([...insertions(rows, lease), ...repeats], "write");
    } catch (error) {
      this.tails.delete(run);
      // The insertion takes its lease from the row that holds it; without the row the column stays empty.
      if (error instanceof LibsqlError && /NOT NULL constraint failed: events\.lease/.test(error.message)) {
        throw new LeaseLost(lease.name);
      }
      throw error;
    }
    this.tails.set(run, { sequence, hash });
    return rows.map(recorded);
  }

  async keepSnapshot(lease: Lease, run: string, sequence: number, form: string, data: string): Promise<void> {
    const { rowsAffected } = await this.client.execute({
      sql:
        "INSERT OR REPLACE INTO snapshots (run, sequence, hash, form, data) " +
        "SELECT run, sequence, hash, ?, ? FROM events WHERE run = ? AND sequence = ? " +
        "AND EXISTS (SELECT 1 FROM leases WHERE name = ? AND id = ?)",
      args: [form, data, run, sequence, lease.name, lease.id],
    });
    if (rowsAffected === 0) throw new LeaseLost(lease.name);
  }

  async snapshot(run: string, form: string): Promise<{ sequence: number; data: string } | undefined> {
    const { rows } = await this.client.execute({
      sql:
        "SELECT snapshots.sequence, snapshots.data FROM snapshots JOIN events USING (run, sequence, hash) " +
        "WHERE run = ? AND form = ?",
      args: [run, form],
    });
    const row = rows[0];
    return row && { sequence: Number(row["sequence"]), data: String(row["data"]) };
  }

  private async tail(run: string): Promise<{ sequence: number; hash: string }> {
    const { rows } = await this.client.execute({
      sql: "SELECT * FROM events WHERE run = ? ORDER BY sequence DESC LIMIT 1",
      args: [run],
    });
    return rows[0] === undefined ? { sequence: 0, hash: chainStart } : chainedRow(rows[0]);
  }

  claimSite(lease: Lease, site: string): Promise<number> {
    return this.sites.claim(lease, site);
  }

  releaseSite(lease: Lease, site: string): Promise<void> {
    return this.sites.release(lease, site);
  }

  lastSuccess(site: string): Promise<SiteSuccess | undefined> {
    return this.sites.lastSuccess(site);
  }

  successes(): Promise<ReadonlyMap<string, SiteSuccess>> {
    return this.sites.successes();
  }

  putRequest(request: LedgerRequest): Promise<string> {
    return this.requests.putRequest(request);
  }

  openRequests(rollout: string): Promise<StoredRequest[]> {
    return this.requests.openRequests(rollout);
  }

  answerRequest(id: string, answer: string): Promise<boolean> {
    return this.requests.answerRequest(id, answer);
  }

  requestAnswer(id: string): Promise<RequestAnswer | undefined> {
    return this.requests.requestAnswer(id);
  }

  close(): void {
    this.leases.close();
    this.client.close();
  }
}
