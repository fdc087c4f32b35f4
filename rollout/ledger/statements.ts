import type { InStatement, Row } from "@libsql/client";

import { upcast } from "../upcast";
import type { RecordedEvent, RolloutEvent, SiteFinished, SiteHopped } from "../events";
import type { ChainedRow } from "./chain";
import type { Lease } from "./ledger";

export function chainedRow(row: Row): ChainedRow {
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

export function recorded({ run, sequence, at, version, data }: ChainedRow): RecordedEvent {
  return { run, sequence, at, version, event: upcast(version, JSON.parse(data) as RolloutEvent) };
}

/** Writes an event, if the lease is still held: otherwise its column stays empty, which the table refuses. */
export function insertion(row: ChainedRow, lease: Lease): InStatement {
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

/** Types of the events by which a run that had ended goes on. */
export const reopening = ["rollout-reopened", "rollback-started", "evidence-recorded"] as const;

/** What an event changes in the tables that repeat it, in the same transaction. */
export function projection(event: RolloutEvent, run: string, at: number, lease: Lease): InStatement[] {
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
    case "rollout-reopened":
    case "rollback-started":
    case "evidence-recorded":
      return [{ sql: "UPDATE runs SET finished = 0 WHERE run = ?", args: [run] }];
    case "site-finished":
      return [...success(event), released(event.site, lease)];
    case "site-hopped":
      return success(event);
    // It may be long until the repeat.
    case "site-retry-scheduled":
      return [released(event.site, lease)];
    default:
      return [];
  }
}

function success({ site, success: found }: SiteFinished | SiteHopped): InStatement[] {
  if (found === undefined) return [];
  return [{ sql: "UPDATE sites SET success = ? WHERE site = ?", args: [JSON.stringify(found), site] }];
}

/** Gives a site back that was claimed under the lease. */
export function released(site: string, lease: Lease): InStatement {
  return { sql: "UPDATE sites SET claimed_by = NULL WHERE site = ? AND claimed_by = ?", args: [site, lease.id] };
}
