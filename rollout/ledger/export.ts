import { type ChainedRow, chainStart } from "./chain";
import type { Ledger } from "./ledger";

/** The last line of a run in an export: kept somewhere else, it shows that events were cut off or all rewritten. */
export interface RunHead {
  readonly run: string;
  /** How many it has. */
  readonly events: number;
  /** Hash of the last one. */
  readonly head: string;
}

/** Events that are read at once: a run of ten thousand sites is not held in memory as a whole. */
const page = 1000;

/**
 * The ledger as JSON lines without line breaks, the oldest run first: each event as it is stored, whether or not its
 * chain holds, and after the events of each run its `RunHead`. What is appended meanwhile may be in it or not.
 * @param run only this one.
 */
export async function* exportLedger(
  ledger: Pick<Ledger, "rows" | "recordedRuns">,
  run?: string,
): AsyncGenerator<string, void, undefined> {
  for (const one of run === undefined ? await ledger.recordedRuns() : [run]) yield* exportRun(ledger, one);
}

async function* exportRun(ledger: Pick<Ledger, "rows">, run: string): AsyncGenerator<string, void, undefined> {
  let events = 0;
  let head = chainStart;
  for await (const row of rowsOf(ledger, run)) {
    yield rowLine(row);
    events += 1;
    head = row.hash;
  }
  if (events > 0) yield JSON.stringify({ run, events, head } satisfies RunHead);
}

/** All rows of a run, read page by page. */
export async function* rowsOf(ledger: Pick<Ledger, "rows">, run: string): AsyncGenerator<ChainedRow, void, undefined> {
  // A tampered file may have events in front of the first one too.
  let after = Number.MIN_SAFE_INTEGER;
  for (;;) {
    const rows = await ledger.rows(run, after, page);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    after = last.sequence;
  }
}

/** In the order in which the hash takes the parts. */
function rowLine({ run, sequence, at, type, version, data, previous, hash }: ChainedRow): string {
  return JSON.stringify({ run, sequence, at, type, version, data, previous, hash });
}
