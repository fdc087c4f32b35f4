import { type WorkerModule, type WorkerPatience, WorkerProcess } from "./workerProcess";

/** When a worker is replaced, so that a long rollout's memory stays flat. */
export interface WorkerLimits {
  /** Runs that one worker serves. */
  readonly maxRuns: number;
  /** Resident memory after a run, in MiB. */
  readonly maxMemoryMiB: number;
}

export const defaultLimits: WorkerLimits = { maxRuns: 200, maxMemoryMiB: 1024 };

/**
 * Warm workers: a process is used again for the next site, one site at a time. There are as many as runs were under way
 * at once, so the driver's concurrency is the pool's size.
 */
export class WorkerPool {
  private readonly idle: WorkerProcess[] = [];
  private readonly all = new Set<WorkerProcess>();
  private closed = false;

  constructor(
    private readonly module: WorkerModule,
    private readonly patience: WorkerPatience,
    private readonly onOutput: (chunk: string) => void,
    private readonly limits: WorkerLimits = defaultLimits,
  ) {}

  /** A worker for one run; it goes back by `give`. */
  take(): WorkerProcess {
    if (this.closed) throw new Error("the runner has been closed");
    for (let worker = this.idle.pop(); worker !== undefined; worker = this.idle.pop()) {
      if (worker.alive) return worker;
      this.all.delete(worker);
    }
    const worker = new WorkerProcess(this.module, this.patience, this.onOutput);
    this.all.add(worker);
    return worker;
  }

  give(worker: WorkerProcess): void {
    if (!worker.alive) this.all.delete(worker);
    else if (worker.used >= this.limits.maxRuns || worker.memoryMiB > this.limits.maxMemoryMiB)
      void this.retire(worker);
    else if (!this.closed) this.idle.push(worker);
  }

  /**
   * Ends the workers that nobody uses now.
   * @returns whether there was one.
   */
  async closeIdle(): Promise<boolean> {
    const idle = this.idle.splice(0);
    await Promise.all(idle.map((worker) => this.retire(worker)));
    return idle.length > 0;
  }

  /** Ends all workers, also those that are running. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.all].map((worker) => worker.close()));
    this.all.clear();
  }

  private async retire(worker: WorkerProcess): Promise<void> {
    await worker.close();
    this.all.delete(worker);
  }
}
