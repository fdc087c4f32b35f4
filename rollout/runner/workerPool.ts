import { type WorkerModule, type WorkerPatience, WorkerProcess } from "./workerProcess";

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
    if (worker.alive && !this.closed) this.idle.push(worker);
    else if (!worker.alive) this.all.delete(worker);
  }

  /** Ends all workers, also those that are running. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.all].map((worker) => worker.close()));
    this.all.clear();
  }
}
