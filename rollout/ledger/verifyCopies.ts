import { canonicalJson } from "../canonicalJson";
import type { RecordedEvent, SiteSuccess } from "../events";
import { applyEvent } from "../fold";
import { snapshotForm, snapshotText } from "../snapshot";
import { startState } from "../startState";
import type { RolloutState } from "../state";
import type { ChainedRow } from "./chain";
import type { LedgerReader } from "./client";
import { recorded } from "./statements";
import type { LedgerFinding } from "./verify";

interface SiteRow {
  readonly site: string;
  readonly token: number;
  readonly success: string | undefined;
}

interface SnapshotRow {
  readonly run: string;
  readonly sequence: number;
  readonly hash: string;
  readonly data: string;
}

/**
 * Compares what a ledger keeps beside its events, to spare who looks from reading them all, with what the events say: the
 * last success and token of each site, and the last state of each run. The chain of hashes does not cover them, so
 * somebody could have a site taken for unchanged, or a rollout shown as it is not, without touching an event.
 */
export class CopiesReading {
  private readonly successes = new Map<string, SiteSuccess>();
  private readonly tokens = new Map<string, number>();
  private readonly findings: LedgerFinding[] = [];
  private fold: { readonly run: string; state: RolloutState | undefined; broken: string | undefined } | undefined;

  private constructor(
    private readonly sites: readonly SiteRow[],
    private readonly snapshots: ReadonlyMap<string, SnapshotRow>,
  ) {}

  /** @param client of the moment in which the events are read too: what is appended meanwhile is no difference. */
  static async open(client: LedgerReader): Promise<CopiesReading> {
    const sites = await client.execute("SELECT site, token, success FROM sites");
    // A ledger that an older version wrote, and no newer one has opened since, has none.
    const tables = await client.execute("SELECT name FROM sqlite_master WHERE name = 'snapshots'");
    const found =
      tables.rows.length === 0
        ? { rows: [] }
        : await client.execute({
            sql: "SELECT run, sequence, hash, data FROM snapshots WHERE form = ?",
            args: [snapshotForm],
          });
    const snapshots = found.rows.map((row): SnapshotRow => ({
      run: String(row["run"]),
      sequence: Number(row["sequence"]),
      hash: String(row["hash"]),
      data: String(row["data"]),
    }));
    return new CopiesReading(
      sites.rows.map((row) => ({
        site: String(row["site"]),
        token: Number(row["token"]),
        success: row["success"] === null ? undefined : String(row["success"]),
      })),
      new Map(snapshots.map((snapshot) => [snapshot.run, snapshot])),
    );
  }

  /** The rows of a run in order, one run after the other. */
  take(row: ChainedRow): void {
    const snapshot = this.snapshots.get(row.run);
    if (this.fold?.run !== row.run) this.fold = { run: row.run, state: undefined, broken: undefined };
    let event: RecordedEvent;
    try {
      event = recorded(row);
    } catch (error) {
      this.fold.broken ??= `event ${row.sequence} cannot be read: ${messageOf(error)}`;
      return this.compareAt(row, snapshot);
    }
    this.takeSite(event);
    // Nobody asks for the states of a run without a snapshot, nor for those after it.
    if (snapshot === undefined || row.sequence > snapshot.sequence) return;
    this.advance(event);
    this.compareAt(row, snapshot);
  }

  private advance(event: RecordedEvent): void {
    const { fold } = this;
    if (fold === undefined || fold.broken !== undefined) return;
    try {
      fold.state = fold.state === undefined ? startState(event) : applyEvent(fold.state, event);
    } catch (error) {
      fold.broken = messageOf(error);
    }
  }

  /** @param last sequence of the last event that was read, by run. */
  end(last: ReadonlyMap<string, number>): LedgerFinding[] {
    for (const { run, sequence } of this.snapshots.values()) {
      if ((last.get(run) ?? 0) >= sequence) continue;
      this.findings.push({ run, sequence, why: "a state of the run after it is kept, and there is no such event" });
    }
    for (const { site, token, success } of this.sites) {
      const known = this.tokens.get(site) ?? 0;
      if (token < known)
        this.find(`site ${site} is listed with fencing token ${token}, and its events go up to ${known}`);
      const expected = this.successes.get(site);
      if (isSame(success, expected)) continue;
      this.find(
        expected === undefined
          ? `site ${site} is listed with a success, and no event tells of one`
          : success === undefined
            ? `site ${site} is listed without a success, and its events tell of one at release ${expected.release}`
            : `the last success of site ${site} is listed otherwise than its events tell`,
      );
    }
    const listed = new Set(this.sites.map(({ site }) => site));
    for (const site of this.tokens.keys()) {
      if (!listed.has(site)) this.find(`site ${site} has been run and is not in the list of sites`);
    }
    return this.findings;
  }

  /** In any run: the token tells which success is the last one, because it grows with every run of a site. */
  private takeSite({ event }: RecordedEvent): void {
    if (event.type === "site-started") {
      this.tokens.set(event.site, Math.max(this.tokens.get(event.site) ?? 0, event.token));
    }
    if (event.type !== "site-finished" && event.type !== "site-hopped") return;
    const { site, success } = event;
    const before = this.successes.get(site);
    if (success !== undefined && (before === undefined || success.token >= before.token)) {
      this.successes.set(site, success);
    }
  }

  private compareAt({ run, sequence, hash }: ChainedRow, snapshot: SnapshotRow | undefined): void {
    if (snapshot?.sequence !== sequence || this.fold === undefined) return;
    const { state, broken } = this.fold;
    const find = (why: string) => this.findings.push({ run, sequence, why });
    if (snapshot.hash !== hash) find("the state that is kept after it was made of another event");
    else if (broken !== undefined) find(`the state that is kept after it cannot be compared: ${broken}`);
    else if (state === undefined || !isSameState(snapshot.data, state)) {
      find("the state that is kept after it is not what the events come to");
    }
  }

  private find(why: string): void {
    this.findings.push({ run: "", sequence: 0, why });
  }
}

function isSame(kept: string | undefined, success: SiteSuccess | undefined): boolean {
  if (kept === undefined || success === undefined) return kept === undefined && success === undefined;
  return canonical(kept) === canonicalJson(success);
}

function isSameState(kept: string, state: RolloutState): boolean {
  return canonical(kept) === canonical(snapshotText(state));
}

/** Undefined if it is no JSON. */
function canonical(text: string): string | undefined {
  try {
    return canonicalJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
