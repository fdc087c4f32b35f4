import type { RecordedEvent, RolloutEvent, SiteSuccess } from "../events";
import type { ChainedRow } from "./chain";
import type { Inbox } from "./inbox";

/**
 * The append-only record of rollouts. One driver writes to a run, under a lease; any number of readers read at the same
 * time.
 */
export interface Ledger extends Inbox {
  /**
   * Takes the right to drive something, such as `rollout/standard`. A lease whose owner is proven dead is taken over.
   * @throws RolloutLocked if another driver holds it.
   */
  lease(name: string): Promise<Lease>;
  /** Who holds a lease, dead or alive; undefined if nobody does. */
  holder(name: string): Promise<LeaseHolder | undefined>;
  /** The latest run of a rollout, or of any rollout; undefined if there is none. */
  lastRun(rollout?: string): Promise<RunSummary | undefined>;
  /** The latest first. */
  runs(rollout?: string): Promise<RunSummary[]>;
  /**
   * The events of a run after the given sequence number (0 for all), in order.
   * @throws LedgerBroken if the chain of hashes does not hold.
   */
  events(run: string, after?: number): Promise<RecordedEvent[]>;
  /**
   * The events of a run that are of one of the types, in order, without reading the others.
   * @throws LedgerBroken if one of them is not what was written; whether any is missing shows only in all of them.
   */
  eventsOf(run: string, types: readonly RolloutEvent["type"][]): Promise<RecordedEvent[]>;
  /**
   * The events of a run after the given sequence number as they are stored, in order, whether or not their chain holds.
   * @param most rows to return; all of them by default.
   */
  rows(run: string, after?: number, most?: number): Promise<ChainedRow[]>;
  /** Every run that has events, also one that is not listed any more; those that are listed first, the oldest first. */
  recordedRuns(): Promise<string[]>;
  /**
   * Appends events to a run, all or none. A `rollout-started` begins the run.
   * @param at milliseconds since the epoch.
   * @throws LeaseLost if the lease is no longer held; nothing is written then.
   */
  append(lease: Lease, run: string, at: number, events: readonly RolloutEvent[]): Promise<RecordedEvent[]>;
  /**
   * Claims a site for a run under the lease and gives it its next fencing token, which is above any earlier one: the
   * last one plus 1, or the milliseconds since the epoch if they are more, so that a new ledger goes on above the tokens
   * of the one before it.
   * @throws SiteBusy if a live driver has the site under another lease.
   */
  claimSite(lease: Lease, site: string): Promise<number>;
  /** Gives a claim back; `append` of the site's end does it too. */
  releaseSite(lease: Lease, site: string): Promise<void>;
  /** What was recorded by the site's last success, in any rollout. */
  lastSuccess(site: string): Promise<SiteSuccess | undefined>;
  /** The same for every site that has one, by name. */
  successes(): Promise<ReadonlyMap<string, SiteSuccess>>;
  /**
   * Keeps a state of a run, as `snapshotText` writes it, in place of the last one.
   * @param sequence of the last event that is in it.
   * @throws LeaseLost if the lease is no longer held.
   */
  keepSnapshot(lease: Lease, run: string, sequence: number, form: string, data: string): Promise<void>;
  /** The last state that was kept, if it is of that form and its last event is still the one that it was made of. */
  snapshot(run: string, form: string): Promise<{ readonly sequence: number; readonly data: string } | undefined>;
  close(): void;
}

export interface Lease {
  /** A value of its own for every time that a lease is taken. */
  readonly id: string;
  readonly name: string;
  /** Aborted with a `LeaseLost` when another driver has taken the lease over. */
  readonly lost: AbortSignal;
  /**
   * Gives the lease back; further calls do nothing. Never fails: a lease that cannot be given back ends with its process.
   */
  release(): Promise<void>;
}

export interface LeaseHolder {
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly renewedAt: number;
  /**
   * `dead` only when it is proven: the process is gone from this host, boot and PID namespace, or is not the one that
   * took the lease. `unknown` where no process can be looked at: the lease ends a minute after its last renewal.
   */
  readonly owner: "alive" | "dead" | "unknown";
}

export interface RunSummary {
  readonly run: string;
  readonly rollout: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Whether the run ended with `rollout-finished` and was not reopened since. */
  readonly finished: boolean;
}

/** Another driver is at work; `message` says which one. The command line's exit code for it is 4. */
export class RolloutLocked extends Error {
  override readonly name: string = "RolloutLocked";

  constructor(readonly holder: LeaseHolder) {
    super(
      `${holder.name} is driven by process ${holder.pid} on ${holder.host} since ${new Date(holder.since).toISOString()}; ` +
        "wait for it, or stop it with Ctrl-C there. If that machine is gone for good, the lease ends by itself a minute " +
        "after the machine's last sign of life",
    );
  }
}

/** A site is being run by another rollout or command. */
export class SiteBusy extends RolloutLocked {
  override readonly name = "SiteBusy";

  constructor(
    readonly site: string,
    holder: LeaseHolder,
  ) {
    super(holder);
    this.message = `site ${site} is being run: ${this.message}`;
  }
}

/** Another driver has taken over, so this one must not write any more. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";

  constructor(lease: string) {
    super(`${lease} was taken over by another driver; this one stops without writing anything further`);
  }
}

/** The ledger's chain does not hold: somebody changed it, or the file is damaged. */
export class LedgerBroken extends Error {
  override readonly name = "LedgerBroken";

  constructor(
    readonly file: string,
    readonly run: string,
    readonly sequence: number,
    readonly why: string,
  ) {
    super(
      `${file}: run ${run} is broken at event ${sequence}: ${why}. The events before it hold. Restore the file from a ` +
        "backup, or move it away to begin a new ledger",
    );
  }
}
