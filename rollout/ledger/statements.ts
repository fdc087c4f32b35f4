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

/** Rows of one statement; SQLite takes 32,766 values in one, and longer texts gain nothing. */
const mostRows = 100;

/**
 * Writes events, if the lease is still held: otherwise its column stays empty, which the table refuses. Few statements,
 * because each has to be prepared.
 */
export function insertions(rows: readonly ChainedRow[], lease: Lease): InStatement[] {
  const statements: InStatement[] = [];
  for (let from = 0; from < rows.length; from += mostRows) {
    const some = rows.slice(from, from + mostRows);
    const values = some.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM leases WHERE name = ? AND id = ?))");
    statements.push({
      sql:
        "INSERT INTO events (run, sequence, at, type, version, data, previous, hash, lease) VALUES " +
        values.join(", "),
      args: some.flatMap(({ run, sequence, at, type, version, data, previous, hash }) => [
        ...[run, sequence, at, type, version, data, previous, hash],
        ...[lease.name, lease.id],
      ]),
    });
  }
  return statements;
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
      return event.success === undefined ? [released(event.site, lease)] : succeeded(event, lease);
    case "site-hopped":
      return success(event);
    // It may be long until the repeat.
    case "site-retry-scheduled":
      return [released(event.site, lease)];
    default:
      return [];
  }
}

function success({ site, success: found }: SiteHopped): InStatement[] {
  if (found === undefined) return [];
  return [{ sql: "UPDATE sites SET success = ? WHERE site = ?", args: [JSON.stringify(found), site] }];
}

/** Both at once. */
function succeeded({ site, success: found }: SiteFinished, lease: Lease): InStatement[] {
  return [
    {
      sql:
        "UPDATE sites SET success = ?, claimed_by = CASE WHEN claimed_by = ? THEN NULL ELSE claimed_by END " +
        "WHERE site = ?",
      args: [JSON.stringify(found), lease.id, site],
    },
  ];
}

/** Gives a site back that was claimed under the lease. */
export function released(site: string, lease: Lease): InStatement {
  return { sql: "UPDATE sites SET claimed_by = NULL WHERE site = ? AND claimed_by = ?", args: [site, lease.id] };
}
