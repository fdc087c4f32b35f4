import type { OperationType, PendingOperation, Snapshot } from "./checkpoint";
import { withNewNames } from "./rename";
import type { ResourceState } from "./resource";

/** Writes a snapshot. */
export interface SnapshotWriter {
  save(snapshot: Snapshot, durable: boolean): Promise<void>;
}

/**
 * The state while a run goes on: what was there before, what the run has made of it, and what is under way.
 *
 * The order is that of the official CLI's snapshot manager (`pkg/backend/snapshot.go`): resources of this run as their
 * steps ended, then those of the base that no step has touched; dependencies thus come before their dependents.
 */
export class Journal {
  private readonly done = new Set<ResourceState>();
  private readonly made: ResourceState[] = [];
  private readonly pending = new Map<ResourceState, OperationType>();
  private base: Snapshot;
  private dirty = false;
  private durable = false;
  private saving: Promise<void> | undefined;
  private queued: Promise<void> | undefined;

  /**
   * @param writer `undefined` in a preview: nothing is saved.
   * @param renamed new URNs by former ones, for those who still name a resource by its former URN.
   */
  constructor(
    base: Snapshot,
    private readonly writer: SnapshotWriter | undefined,
    private readonly renamed: ReadonlyMap<string, string> = new Map(),
  ) {
    this.base = base;
  }

  snapshot(): Snapshot {
    // A resource goes by its former name until it is written under the new one.
    const made = this.renamed.size === 0 ? new Set<string>() : new Set(this.made.map(({ urn }) => urn));
    const renamed = new Map([...this.renamed].filter(([, now]) => made.has(now)));
    const resources = [...this.made, ...this.base.resources]
      .filter((resource) => !this.done.has(resource))
      .map((resource) => withNewNames(resource, renamed));
    const pending: PendingOperation[] = [...this.pending].map(([resource, type]) => ({ resource, type }));
    // A create that may have happened stays until a person says what became of it.
    pending.push(...this.base.pending.filter((operation) => operation.type === "creating"));
    return { resources, pending };
  }

  /** Puts another base under the run, for a refresh, which changes the resources that were there. */
  rebase(base: Snapshot): void {
    this.base = base;
    this.dirty = true;
  }

  /** Notes that an operation begins, on disk before it does. */
  async begin(resource: ResourceState, type: OperationType): Promise<void> {
    this.pending.set(resource, type);
    await this.flush(false);
  }

  /** Notes that an operation ended: `old` is gone, `made` is there. Returns when that is safely on disk. */
  async end(
    resource: ResourceState,
    change: { readonly old?: ResourceState; readonly made?: ResourceState },
  ): Promise<void> {
    this.pending.delete(resource);
    this.note(change);
    await this.flush(true);
  }

  /** Notes a change that needs no write of its own; the next write, or `close`, carries it. */
  note(change: { readonly old?: ResourceState; readonly made?: ResourceState }): void {
    if (change.old) {
      this.done.add(change.old);
    }
    if (change.made) {
      this.made.push(change.made);
    }
    this.dirty = true;
  }

  /** Writes what has changed. Calls that come while a write goes on share the next one. */
  async flush(durable: boolean): Promise<void> {
    if (this.writer === undefined) {
      return;
    }
    this.dirty = true;
    this.durable ||= durable;
    if (this.queued === undefined) {
      const before = this.saving ?? Promise.resolve();
      this.queued = before
        .catch(() => undefined)
        .then(() => {
          this.saving = this.queued;
          this.queued = undefined;
          return this.save();
        });
      // Each caller awaits the same promise; a failure reaches all of them and is not unhandled here.
      this.queued.catch(() => undefined);
    }
    await this.queued;
  }

  /** Writes changes that are still only noted. */
  async close(): Promise<void> {
    await this.saving?.catch(() => undefined);
    if (this.dirty) {
      await this.flush(true);
    }
  }

  private async save(): Promise<void> {
    const durable = this.durable;
    this.dirty = false;
    this.durable = false;
    try {
      await this.writer?.save(this.snapshot(), durable);
    } catch (error) {
      this.dirty = true;
      throw error;
    }
  }
}
