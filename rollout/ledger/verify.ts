import { existsSync } from "node:fs";

import type { Row } from "@libsql/client";

import { beginning, breaksOf, type ChainedRow, type ChainPlace } from "./chain";
import { type LedgerReader, openClient } from "./client";
import { type RunHead, rowsOf } from "./export";
import { LedgerUnreadable } from "./fileFailures";
import { readRows, readRuns } from "./rowReader";
import { CopiesReading } from "./verifyCopies";
import { reopening } from "./statements";

/** One thing that is wrong in a ledger, or in an export of one. */
export interface LedgerFinding {
  /** Empty if it cannot be told. */
  readonly run: string;
  /** Of the event; 0 for what is about the run as a whole. */
  readonly sequence: number;
  /** For people; as the end of a sentence that names the event. */
  readonly why: string;
}

/**
 * Reads all of a ledger's file, while a driver writes to it or not, and changes nothing. Beside the chains it looks at what
 * is kept beside the events: see `CopiesReading`.
 * @param heads of runs as they were known before, such as from an export; `headsIn` reads them. Only they show that
 *   events were cut off at the end, or that all hashes were computed anew.
 * @param onRow told of each row, for who looks at more than the chains.
 * @returns everything that is wrong, by run and event; undefined if there is no such file.
 * @throws LedgerUnreadable if it is no database, a damaged one, or one without a ledger.
 */
export async function verifyLedger(
  file: string,
  heads: readonly RunHead[] = [],
  onRow?: (row: ChainedRow) => void,
): Promise<LedgerFinding[] | undefined> {
  if (!existsSync(file)) return undefined;
  const client = openClient(file);
  try {
    await client.execute("PRAGMA query_only = ON");
    const tables = await client.execute("SELECT name FROM sqlite_master WHERE name IN ('events', 'runs')");
    if (tables.rows.length < 2) throw new LedgerUnreadable(file, "it has no ledger in it");
    return await client.atOneMoment((moment) => allFindings(moment, heads, onRow));
  } finally {
    client.close();
  }
}

async function allFindings(
  client: LedgerReader,
  heads: readonly RunHead[],
  onRow: ((row: ChainedRow) => void) | undefined,
): Promise<LedgerFinding[]> {
  const findings = await listFindings(client);
  const copies = await CopiesReading.open(client);
  const runs = await readRuns(client);
  const reader = { rows: (run: string, after?: number, most?: number) => readRows(client, run, after, most) };
  const last = new Map<string, number>();
  for (const run of new Set([...runs, ...heads.map((head) => head.run)])) {
    const chain = new ChainReading(
      run,
      heads.filter((head) => head.run === run),
    );
    for await (const row of rowsOf(reader, run)) {
      chain.take(row);
      copies.take(row);
      onRow?.(row);
    }
    findings.push(...chain.end());
    last.set(run, chain.head.sequence);
  }
  return [...findings, ...copies.end(last)];
}

/** One run from its first row to its last one. */
export class ChainReading {
  private readonly findings: LedgerFinding[] = [];
  private place: ChainPlace = beginning;
  private events = 0;

  constructor(
    private readonly run: string,
    private readonly heads: readonly RunHead[] = [],
  ) {}

  take(row: ChainedRow): void {
    for (const { sequence, why } of breaksOf(row, this.place)) this.find(sequence, why);
    const type = typeIn(row.data);
    if (type === undefined) this.find(row.sequence, "its content is no event");
    else if (type !== row.type) this.find(row.sequence, `it is listed as ${row.type} and is ${type}`);
    for (const { events, head } of this.heads) {
      if (events === row.sequence && head !== row.hash) {
        this.find(row.sequence, "its hash is not the one that is known from elsewhere: all of it was written anew");
      }
    }
    this.place = row;
    this.events += 1;
  }

  end(): LedgerFinding[] {
    const known = Math.max(0, ...this.heads.map(({ events }) => events));
    if (this.place.sequence < known) {
      this.find(this.place.sequence + 1, `events are cut off: ${known} are known from elsewhere`);
    }
    return this.findings;
  }

  /** What was found since this was last asked. */
  takeFindings(): LedgerFinding[] {
    return this.findings.splice(0);
  }

  /** Number of rows taken, and the hash and number of the last one. */
  get head(): RunHead & { readonly sequence: number } {
    return { run: this.run, events: this.events, head: this.place.hash, sequence: this.place.sequence };
  }

  private find(sequence: number, why: string): void {
    this.findings.push({ run: this.run, sequence, why });
  }
}

function typeIn(data: string): string | undefined {
  try {
    const event: unknown = JSON.parse(data);
    const type = typeof event === "object" && event !== null && "type" in event ? event.type : undefined;
    return typeof type === "string" ? type : undefined;
  } catch {
    return undefined;
  }
}

/** The list of runs repeats what events say. */
const listed = `
SELECT runs.run, runs.rollout, runs.finished,
  (SELECT count(*) FROM events WHERE events.run = runs.run) AS events,
  (SELECT type FROM events WHERE events.run = runs.run AND type IN ('rollout-finished', ${reopening.map((type) => `'${type}'`).join(", ")})
    ORDER BY sequence DESC LIMIT 1) AS last_end,
  (SELECT data FROM events WHERE events.run = runs.run AND sequence = 1) AS beginning
FROM runs
UNION ALL SELECT DISTINCT run, NULL, NULL, NULL, NULL, NULL FROM events WHERE run NOT IN (SELECT run FROM runs)
`;

async function listFindings(client: LedgerReader): Promise<LedgerFinding[]> {
  const { rows } = await client.execute(listed);
  return rows.flatMap((row) => {
    const why = listFinding(row);
    return why === undefined ? [] : [{ run: String(row["run"]), sequence: 0, why }];
  });
}

function listFinding(row: Row): string | undefined {
  if (row["rollout"] === null) return "it has events and is not in the list of runs";
  if (Number(row["events"]) === 0) return "it is in the list of runs and has no events";
  const ended = row["last_end"] === "rollout-finished";
  if (ended !== (Number(row["finished"]) === 1)) {
    return ended ? "it ended and is listed as if it had not" : "it is listed as ended and did not";
  }
  const rollout = rolloutIn(row["beginning"]);
  if (rollout !== undefined && rollout !== row["rollout"]) {
    return `it is of the rollout ${rollout} and is listed under ${String(row["rollout"])}`;
  }
  return undefined;
}

/** Undefined if the event cannot be read, which is told elsewhere. */
function rolloutIn(data: unknown): string | undefined {
  try {
    const event = JSON.parse(String(data)) as { rollout?: unknown } | null;
    return typeof event?.rollout === "string" ? event.rollout : undefined;
  } catch {
    return undefined;
  }
}
