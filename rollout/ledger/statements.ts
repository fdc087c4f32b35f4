import type { InStatement, Row } from "@libsql/client";

import type { RecordedEvent, RolloutEvent, SiteFinished } from "../events";
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
  return { run, sequence, at, version, event: JSON.parse(data) as RolloutEvent };
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

/** Type of the event by which a run that had ended goes on. */
export const reopened = "rollout-reopened";

/** What an event changes in the tables that repeat it, in the same transaction. */
export function projection(event: RolloutEvent, run: string, at: number, lease: Lease): InStatement[] {
  if ((event.type as string) === reopened) return [{ sql: "UPDATE runs SET finished = 0 WHERE run = ?", args: [run] }];
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

/** Gives a site back that was claimed under the lease. */
export function released(site: string, lease: Lease): InStatement {
  return { sql: "UPDATE sites SET claimed_by = NULL WHERE site = ? AND claimed_by = ?", args: [site, lease.id] };
}
