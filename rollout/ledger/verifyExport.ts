import { z } from "zod";

import type { ChainedRow } from "./chain";
import type { RunHead } from "./export";
import { ChainReading, type LedgerFinding } from "./verify";

/** One thing that is wrong in an export. */
export interface ExportFinding extends LedgerFinding {
  /** From 1; the number of lines for what is missing at the end. */
  readonly line: number;
}

const row = z.strictObject({
  run: z.string(),
  sequence: z.int(),
  at: z.int(),
  type: z.string(),
  version: z.int(),
  data: z.string(),
  previous: z.string(),
  hash: z.string(),
}) satisfies z.ZodType<ChainedRow>;

const head = z.strictObject({ run: z.string(), events: z.int(), head: z.string() }) satisfies z.ZodType<RunHead>;

/**
 * Checks an export without its ledger: every chain, and that every run is whole up to its head. Empty lines are skipped.
 * @param lines without line breaks.
 * @param onRow told of each event, for who looks at more than the chains.
 * @param heads of runs as they were known before; see `verifyLedger`.
 * @returns everything that is wrong, in order of lines.
 */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  onRow?: (row: ChainedRow) => void,
  heads: readonly RunHead[] = [],
): Promise<ExportFinding[]> {
  const reading = new ExportReading(onRow, heads);
  for await (const line of lines) reading.take(line);
  return reading.end();
}

/** The heads in an export, to verify the ledger that it came from by them later. Other lines are not looked at. */
export async function headsIn(lines: AsyncIterable<string> | Iterable<string>): Promise<RunHead[]> {
  const heads: RunHead[] = [];
  for await (const line of lines) {
    const parsed = head.safeParse(parse(line));
    if (parsed.success) heads.push(parsed.data);
  }
  return heads;
}

class ExportReading {
  private readonly findings: ExportFinding[] = [];
  private readonly done = new Set<string>();
  private current: { readonly run: string; readonly chain: ChainReading } | undefined;
  private line = 0;

  constructor(
    private readonly onRow: ((row: ChainedRow) => void) | undefined,
    private readonly heads: readonly RunHead[],
  ) {}

  take(text: string): void {
    this.line += 1;
    if (text.trim() === "") return;
    const value = parse(text);
    const asRow = row.safeParse(value);
    if (asRow.success) return this.takeRow(asRow.data);
    const asHead = head.safeParse(value);
    if (asHead.success) return this.takeHead(asHead.data);
    this.find({ run: this.current?.run ?? "", sequence: 0, why: "the line is neither an event nor the head of a run" });
  }

  end(): ExportFinding[] {
    if (this.current !== undefined) this.cutOff(this.current);
    const missing = new Set(this.heads.map(({ run }) => run).filter((run) => !this.done.has(run)));
    for (const run of missing) this.find({ run, sequence: 0, why: "it is known from elsewhere and is not there" });
    return this.findings;
  }

  private takeRow(event: ChainedRow): void {
    if (this.current?.run !== event.run) {
      if (this.current !== undefined) this.cutOff(this.current);
      if (this.done.has(event.run)) {
        this.find({ run: event.run, sequence: event.sequence, why: "the run was complete before" });
      }
      const known = this.heads.filter(({ run }) => run === event.run);
      this.current = { run: event.run, chain: new ChainReading(event.run, known) };
    }
    this.current.chain.take(event);
    this.flush(this.current.chain);
    this.onRow?.(event);
  }

  private takeHead(found: RunHead): void {
    const { run } = found;
    if (this.current?.run !== run) {
      if (this.current !== undefined) this.cutOff(this.current);
      this.find({ run, sequence: 0, why: "its head is there and its events are not" });
    } else {
      const { events, head: last } = this.current.chain.head;
      this.current.chain.end();
      this.flush(this.current.chain);
      if (events !== found.events) {
        this.find({ run, sequence: 0, why: `its head tells of ${found.events} events, and ${events} are there` });
      } else if (last !== found.head) {
        this.find({ run, sequence: 0, why: "its head is not the hash of its last event" });
      }
    }
    this.done.add(run);
    this.current = undefined;
  }

  private cutOff({ run }: { readonly run: string }): void {
    this.find({ run, sequence: 0, why: "its head is missing: the export is not complete" });
    this.done.add(run);
    this.current = undefined;
  }

  private flush(chain: ChainReading): void {
    for (const finding of chain.takeFindings()) this.find(finding);
  }

  private find(finding: LedgerFinding): void {
    this.findings.push({ ...finding, line: this.line });
  }
}

/** Undefined if it is no JSON. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
