import type { ChainedRow } from "./chain";
import type { LedgerClient } from "./client";
import { chainedRow } from "./statements";

/** See `Ledger.rows`. */
export async function readRows(client: LedgerClient, run: string, after = 0, most = -1): Promise<ChainedRow[]> {
  const { rows } = await client.execute({
    sql: "SELECT * FROM events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?",
    args: [run, after, most],
  });
  return rows.map(chainedRow);
}

/** See `Ledger.recordedRuns`. */
export async function readRuns(client: LedgerClient): Promise<string[]> {
  const { rows } = await client.execute(
    "SELECT found.run FROM (SELECT DISTINCT run FROM events) AS found LEFT JOIN runs ON runs.run = found.run " +
      "ORDER BY runs.number IS NULL, runs.number, found.run",
  );
  return rows.map((row) => String(row["run"]));
}
