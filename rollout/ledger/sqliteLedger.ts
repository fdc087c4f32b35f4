import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";

import { type Client, createClient, type InStatement, LibsqlError, type Row } from "@libsql/client";

import { type RecordedEvent, type RolloutEvent, eventVersion, type SiteFinished, type SiteSuccess } from "../events";
import { type ChainedRow, chainStart, findBreak, rowHash } from "./chain";
import {
  type Ledger,
  type Lease,
  LeaseLost,
  LedgerBroken,
  type LeaseHolder,
  type RunSummary,
  SiteBusy,
} from "./ledger";
import { Leases } from "./leases";
import { schema, schemaVersion } from "./schema";

/** How long a statement waits for another process's write, in milliseconds. */
const busyTimeout = 10_000;

/**
 * Opens a ledger for a driver and makes it if it is not there. All chains are checked.
 * @throws LedgerBroken if a chain does not hold.
 */
export async function openLedger(file: string): Promise<Ledger> {
  await mkdir(dirname(file), { recursive: true });
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
 */
export async function openLedgerForReading(file: string): Promise<Ledger | undefined> {
  return existsSync(file) ? SqliteLedger.open(file) : undefined;
}

class SqliteLedger implements Ledger {
  private readonly leases: Leases;
  /** Last event of the runs that this process writes to. */
  private readonly tails = new Map<string, { readonly sequence: number; readonly hash: string }>();

  private constructor(
    private readonly client: Client,
    private readonly file: string,
  ) {
    this.leases = new Leases(client);
  }

  static async open(file: string): Promise<SqliteLedger> {
    // One connection, so that its pragmas hold for every statement.
    const client = createClient({ url: pathToFileURL(file).href, concurrency: 1, timeout: busyTimeout });
    try {
      const version = Number((await client.execute("PRAGMA user_version")).rows[0]?.["user_version"] ?? 0);
      if (version > schemaVersion) {
        throw new Error(
          `${file} was written by a newer edgewave (ledger version ${version}, this one knows ${schemaVersion})`,
        );
      }
      await client.execute("PRAGMA journal_mode = WAL");
      await client.execute("PRAGMA synchronous = NORMAL");
      if (version < schemaVersion) await client.executeMultiple(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
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

  async append(lease: Lease, run: string, at: number, events: readonly RolloutEvent[]): Promise<RecordedEvent[]> {
    let { sequence, hash } = this.tails.get(run) ?? (await this.tail(run));
    const rows: ChainedRow[] = [];
    const statements: InStatement[] = [];
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
      statements.push(insertion({ ...open, hash }, lease), ...projection(event, run, at, lease));
    }
    try {
      await this.client.batch(statements, "write");
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

  private async tail(run: string): Promise<{ sequence: number; hash: string }> {
    const { rows } = await this.client.execute({
      sql: "SELECT * FROM events WHERE run = ? ORDER BY sequence DESC LIMIT 1",
      args: [run],
    });
    return rows[0] === undefined ? { sequence: 0, hash: chainStart } : chainedRow(rows[0]);
  }

  async claimSite(lease: Lease, site: string): Promise<number> {
    for (;;) {
      const { rows } = await this.client.execute({ sql: "SELECT * FROM sites WHERE site = ?", args: [site] });
      const token = Number(rows[0]?.["token"] ?? 0);
      const claim = rows[0]?.["claimed_by"];
      if (typeof claim === "string" && claim !== lease.id) {
        const holder = await this.leases.liveHolderById(claim);
        if (holder !== undefined) throw new SiteBusy(site, holder);
      }
      // Compare and swap on the token: who comes second looks again.
      const { rowsAffected } = await this.client.execute({
        sql:
          "INSERT INTO sites (site, token, claimed_by) VALUES (?1, ?2 + 1, ?3) " +
          "ON CONFLICT DO UPDATE SET token = ?2 + 1, claimed_by = ?3 WHERE token = ?2",
        args: [site, token, lease.id],
      });
      if (rowsAffected > 0) return token + 1;
    }
  }

  async releaseSite(lease: Lease, site: string): Promise<void> {
    await this.client.execute(released(site, lease));
  }

  async lastSuccess(site: string): Promise<SiteSuccess | undefined> {
    const { rows } = await this.client.execute({ sql: "SELECT success FROM sites WHERE site = ?", args: [site] });
    const success = rows[0]?.["success"];
    return typeof success === "string" ? (JSON.parse(success) as SiteSuccess) : undefined;
  }

  close(): void {
    this.leases.close();
    this.client.close();
  }
}

function chainedRow(row: Row): ChainedRow {
  return {
    run: String(row["run"]),
    sequence: Number(row["sequence"]),
    at: Number(row["at"]),
    type: String(row["type"]),
    version: Number(row["version"]),
    data: String(row["data"]),
    previous: String(row["previous"]),
    hash: String(row["hash"]),
  };
}

function recorded({ run, sequence, at, version, data }: ChainedRow): RecordedEvent {
  return { run, sequence, at, version, event: JSON.parse(data) as RolloutEvent };
}

function insertion(row: ChainedRow, lease: Lease): InStatement {
  return {
    sql:
      "INSERT INTO events (run, sequence, at, type, version, data, previous, hash, lease) " +
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM leases WHERE name = ? AND id = ?))",
    args: [
      row.run,
      row.sequence,
      row.at,
      row.type,
      row.version,
      row.data,
      row.previous,
      row.hash,
      lease.name,
      lease.id,
    ],
  };
}

/** What an event changes in the tables that repeat it, in the same transaction. */
function projection(event: RolloutEvent, run: string, at: number, lease: Lease): InStatement[] {
  switch (event.type) {
    case "rollout-started":
      return [
        {
          sql: "INSERT INTO runs (run, rollout, started_at, finished) VALUES (?, ?, ?, 0)",
          args: [run, event.rollout, at],
        },
      ];
    case "rollout-finished":
      return [{ sql: "UPDATE runs SET finished = 1 WHERE run = ?", args: [run] }];
    case "site-finished":
      return siteProjection(event, lease);
    default:
      return [];
  }
}

function siteProjection(event: SiteFinished, lease: Lease): InStatement[] {
  const release = released(event.site, lease);
  if (event.success === undefined) return [release];
  return [
    { sql: "UPDATE sites SET success = ? WHERE site = ?", args: [JSON.stringify(event.success), event.site] },
    release,
  ];
}

function released(site: string, lease: Lease): InStatement {
  return { sql: "UPDATE sites SET claimed_by = NULL WHERE site = ? AND claimed_by = ?", args: [site, lease.id] };
}
