import type { ChainedRow } from "./chain";
import type { LedgerReader } from "./client";
import { chainedRow } from "./statements";

/** See `Ledger.rows`. */
export async function readRows(client: LedgerReader, run: string, after = 0, most = -1): Promise<ChainedRow[]> {
  const { rows } = await client.execute({
    sql: "SELECT * FROM events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?",
    args: [run, after, most],
  });
  return rows.map(chainedRow);
}

/** See `Ledger.recordedRuns`. */
export async function readRuns(client: LedgerReader): Promise<string[]> {
  const { rows } = await client.execute(
    "SELECT found.run FROM (SELECT DISTINCT run FROM events) AS found LEFT JOIN runs ON runs.run = found.run " +
      "ORDER BY runs.number IS NULL, runs.number, found.run",
  );
  return rows.map((row) => String(row["run"]));
}
