import type { RecordedEvent, RolloutEvent, SiteSuccess } from "../../rollout/events";
import { type Ledger, type Lease, RolloutLocked, type RunSummary } from "../../rollout/ledger/ledger";

/** A ledger without a file, which can begin with a prefix of another one's events. */
export class MemoryLedger implements Ledger {
  readonly recorded: RecordedEvent[] = [];
  private readonly tokens = new Map<string, number>();
  private readonly successes = new Map<string, SiteSuccess>();
  private readonly held = new Set<string>();

  constructor(prefix: readonly RecordedEvent[] = []) {
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
        finished: this.recorded.some((other) => other.run === run && other.event.type === "rollout-finished"),
      }))
      .reverse();
  }

  async events(run: string, after = 0): Promise<RecordedEvent[]> {
    return this.recorded.filter((event) => event.run === run && event.sequence > after);
  }

  async append(_lease: Lease, run: string, at: number, events: readonly RolloutEvent[]): Promise<RecordedEvent[]> {
    return events.map((event) => {
      const sequence = this.recorded.filter((other) => other.run === run).length + 1;
      // Through JSON, as in a file: what does not survive it must not be relied on.
      const data = JSON.parse(JSON.stringify(event)) as RolloutEvent;
      return this.keep({ run, sequence, at, version: 1, event: data });
    });
  }

  private keep(recorded: RecordedEvent): RecordedEvent {
    const { event } = recorded;
    this.recorded.push(recorded);
    if (event.type === "site-started") this.tokens.set(event.site, event.token);
    if (event.type === "site-finished" && event.success) this.successes.set(event.site, event.success);
    return recorded;
  }

  async claimSite(_lease: Lease, site: string): Promise<number> {
    const token = (this.tokens.get(site) ?? 0) + 1;
    this.tokens.set(site, token);
    return token;
  }

  async releaseSite(): Promise<void> {}

  async lastSuccess(site: string): Promise<SiteSuccess | undefined> {
    return this.successes.get(site);
  }

  close(): void {}
}
