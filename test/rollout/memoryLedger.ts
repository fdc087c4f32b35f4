import { randomUUID } from "node:crypto";

import { eventVersion, type RecordedEvent, type RolloutEvent, type SiteSuccess } from "../../rollout/events";
import { type ChainedRow, chainStart, rowHash } from "../../rollout/ledger/chain";
import { reopening } from "../../rollout/ledger/statements";
import { type LedgerRequest, type RequestAnswer, type StoredRequest, UnknownRequest } from "../../rollout/ledger/inbox";
import { type Ledger, type Lease, RolloutLocked, type RunSummary } from "../../rollout/ledger/ledger";

/** A ledger without a file, which can begin with a prefix of another one's events. */
export class MemoryLedger implements Ledger {
  readonly recorded: RecordedEvent[] = [];
  private readonly byRun = new Map<string, RecordedEvent[]>();
  private readonly tokens = new Map<string, number>();
  private readonly succeeded = new Map<string, SiteSuccess>();
  private readonly requests = new Map<
    string,
    { readonly request: StoredRequest; readonly answer: RequestAnswer | undefined }
  >();
  private readonly snapshots = new Map<string, { sequence: number; form: string; data: string }>();
  private readonly held = new Set<string>();

  /** @param successes of runs before. */
  constructor(prefix: readonly RecordedEvent[] = [], successes: ReadonlyMap<string, SiteSuccess> = new Map()) {
    for (const [site, success] of successes) this.succeeded.set(site, success);
    for (const event of prefix) this.keep(event);
  }

  async lease(name: string): Promise<Lease> {
    if (this.held.has(name)) {
      throw new RolloutLocked({ name, host: "here", pid: 1, since: 0, renewedAt: 0, owner: "alive" });
    }
    this.held.add(name);
    const release = async () => void this.held.delete(name);
    return { id: name, name, lost: new AbortController().signal, release };
  }

  /** Nobody who held a lease is there any more. */
  killed(): void {
    this.held.clear();
  }

  async holder(): Promise<undefined> {
    return undefined;
  }

  async lastRun(rollout?: string): Promise<RunSummary | undefined> {
    return (await this.runs(rollout))[0];
  }

  async runs(rollout?: string): Promise<RunSummary[]> {
    const starts = this.recorded.flatMap(({ run, at, event }) =>
      event.type === "rollout-started" ? [{ run, at, rollout: event.rollout }] : [],
    );
    return starts
      .filter((start) => rollout === undefined || start.rollout === rollout)
      .map(({ run, at, rollout: name }) => ({
        run,
        rollout: name,
        startedAt: at,
        finished: this.hasEnded(run),
      }))
      .reverse();
  }

  /** By the last event that says so. */
  private hasEnded(run: string): boolean {
    const types = this.recorded.filter((other) => other.run === run).map(({ event }) => event.type as string);
    return types.lastIndexOf("rollout-finished") > Math.max(...reopening.map((type) => types.lastIndexOf(type)));
  }

  async events(run: string, after = 0): Promise<RecordedEvent[]> {
    return (this.byRun.get(run) ?? []).slice(after);
  }

  async eventsOf(run: string, types: readonly RolloutEvent["type"][]): Promise<RecordedEvent[]> {
    return (await this.events(run)).filter(({ event }) => types.includes(event.type));
  }

  async rows(run: string, after = 0, most = Infinity): Promise<ChainedRow[]> {
    let previous = chainStart;
    const rows = (await this.events(run)).map(({ sequence, at, version, event }) => {
      const open = { run, sequence, at, type: event.type, version, data: JSON.stringify(event), previous };
      previous = rowHash(open);
      return { ...open, hash: previous };
    });
    return rows.filter(({ sequence }) => sequence > after).slice(0, most);
  }

  async recordedRuns(): Promise<string[]> {
    return [...new Set(this.recorded.map(({ run }) => run))];
  }

  async append(_lease: Lease, run: string, at: number, events: readonly RolloutEvent[]): Promise<RecordedEvent[]> {
    return events.map((event) => {
      const sequence = (this.byRun.get(run)?.length ?? 0) + 1;
      // Through JSON, as in a file: what does not survive it must not be relied on.
      const data = JSON.parse(JSON.stringify(event)) as RolloutEvent;
      return this.keep({ run, sequence, at, version: eventVersion, event: data });
    });
  }

  private keep(recorded: RecordedEvent): RecordedEvent {
    const { event } = recorded;
    this.recorded.push(recorded);
    const ofRun = this.byRun.get(recorded.run) ?? [];
    ofRun.push(recorded);
    this.byRun.set(recorded.run, ofRun);
    if (event.type === "site-started") this.tokens.set(event.site, event.token);
    if ((event.type === "site-finished" || event.type === "site-hopped") && event.success)
      this.succeeded.set(event.site, event.success);
    return recorded;
  }

  async claimSite(_lease: Lease, site: string): Promise<number> {
    const token = (this.tokens.get(site) ?? 0) + 1;
    this.tokens.set(site, token);
    return token;
  }

  async releaseSite(): Promise<void> {}

  async lastSuccess(site: string): Promise<SiteSuccess | undefined> {
    return this.succeeded.get(site);
  }

  async successes(): Promise<ReadonlyMap<string, SiteSuccess>> {
    return new Map(this.succeeded);
  }

  async putRequest(request: LedgerRequest): Promise<string> {
    const id = randomUUID();
    // Through JSON, as in a file.
    const data = JSON.parse(JSON.stringify(request.data ?? null)) as unknown;
    this.requests.set(id, { request: { ...request, data, id }, answer: undefined });
    return id;
  }

  async openRequests(rollout: string): Promise<StoredRequest[]> {
    return [...this.requests.values()].flatMap(({ request, answer }) =>
      request.rollout === rollout && answer === undefined ? [request] : [],
    );
  }

  async answerRequest(id: string, answer: string): Promise<boolean> {
    const found = this.requests.get(id);
    if (found === undefined || found.answer !== undefined) return false;
    this.requests.set(id, { ...found, answer: { at: Date.now(), answer } });
    return true;
  }

  async requestAnswer(id: string): Promise<RequestAnswer | undefined> {
    const found = this.requests.get(id);
    if (found === undefined) throw new UnknownRequest(id);
    return found.answer;
  }

  async keepSnapshot(_lease: Lease, run: string, sequence: number, form: string, data: string): Promise<void> {
    this.snapshots.set(run, { sequence, form, data });
  }

  async snapshot(run: string, form: string): Promise<{ sequence: number; data: string } | undefined> {
    const kept = this.snapshots.get(run);
    return kept?.form === form ? kept : undefined;
  }

  close(): void {}
}
