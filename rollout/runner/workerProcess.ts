import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";

import { RunCancelled, RunFailed, type RunObserver, SiteUnreachable, StackLocked } from "../stackRunner";
import { signalGroup, signalTree, workerMark } from "./descendants";
import type { Answer, FromWorker, ToWorker, WorkerFailure, WorkerRequest } from "./messages";

export interface WorkerModule {
  /** Absolute path of a module that calls `serveRuns` and ends its process afterwards. */
  readonly modulePath: string;
  /** Flags for Node, such as those that load TypeScript. */
  readonly execArgv: readonly string[];
  /** The whole environment of the worker. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How long a worker is waited for, in milliseconds. */
export interface WorkerPatience {
  /** From the request to stop until SIGINT. */
  readonly stop: number;
  /** From SIGINT until SIGTERM. */
  readonly interrupt: number;
  /** From SIGTERM until SIGKILL. */
  readonly terminate: number;
  /** For another process's lock on a stack; longer than a worker goes on after its driver has died. */
  readonly lock: number;
}

export const defaultPatience: WorkerPatience = { stop: 30_000, interrupt: 5_000, terminate: 5_000, lock: 30_000 };

/** The worker's process ended in the middle of a run. */
export class WorkerCrashed extends Error {
  override readonly name = "WorkerCrashed";
}

/** What of a worker's standard error a person gets to see when it crashes. */
const tailLength = 2_000;

/**
 * One forked worker and the channel to it. It leads a process group, so that an engine's own children go when it is
 * killed, and so that a Ctrl-C in the terminal reaches the driver alone.
 */
export class WorkerProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<string>;
  private readonly ready: Promise<void>;
  private readonly mark = randomUUID();
  private runs = 0;
  private memory = 0;
  private tail = "";
  private gone = false;

  constructor(
    module: WorkerModule,
    private readonly patience: WorkerPatience,
    onOutput: (chunk: string) => void,
  ) {
    this.child = fork(module.modulePath, [], {
      execArgv: [...module.execArgv],
      env: { ...module.environment, [workerMark]: this.mark },
      detached: true,
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.child.stdout?.on("data", (data: Buffer) => onOutput(data.toString()));
    this.child.stderr?.on("data", (data: Buffer) => {
      this.tail = (this.tail + data.toString()).slice(-tailLength);
      onOutput(data.toString());
    });
    this.exited = new Promise((resolve) => {
      const over = (how: string) => {
        this.gone = true;
        // What the worker itself started may outlive it, and would go on working on the stack.
        this.kill();
        resolve(how);
      };
      this.child.once("error", (error) => over(error.message));
      this.child.once("close", (code, signal) => over(signal ?? `exit code ${code ?? "unknown"}`));
    });
    this.ready = new Promise((resolve) => {
      const take = (message: unknown) => {
        if ((message as FromWorker).type !== "ready") return;
        this.child.off("message", take);
        resolve();
      };
      this.child.on("message", take);
    });
  }

  get alive(): boolean {
    return !this.gone;
  }

  /** Process number, for messages and tests. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** How many runs it has begun. */
  get used(): number {
    return this.runs;
  }

  /** Its resident memory after the last run, in MiB. */
  get memoryMiB(): number {
    return this.memory;
  }

  /**
   * A run that shall stop is asked to by a message, which means what SIGINT means to an engine; then its process group
   * gets SIGINT and SIGTERM, and at last everything that it has started gets SIGKILL.
   * @throws WorkerCrashed if the process ended before the run did, else what the run ended with.
   */
  async run(request: WorkerRequest, { signal, onProgress }: RunObserver): Promise<Answer> {
    this.runs += 1;
    const id = this.runs;
    const timers: NodeJS.Timeout[] = [];
    const stop = () => {
      this.send({ type: "stop", id });
      const { stop: grace, interrupt, terminate } = this.patience;
      timers.push(
        setTimeout(() => this.signal("SIGINT"), grace),
        setTimeout(() => this.signal("SIGTERM"), grace + interrupt),
        setTimeout(() => this.kill(), grace + interrupt + terminate),
      );
    };
    let take: ((message: unknown) => void) | undefined;
    const ended = new Promise<Answer>((resolve, reject) => {
      take = (received) => {
        const message = received as FromWorker;
        if (message.type === "ready" || message.id !== id) return;
        if (message.type === "progress") return onProgress(progressOf(message));
        this.memory = message.memoryMiB;
        if (message.type === "done") resolve(message.result);
        else reject(asError(message.failure));
      };
      this.child.on("message", take);
    });
    signal.addEventListener("abort", stop, { once: true });
    try {
      await this.orCrash(this.ready);
      if (signal.aborted) throw new RunCancelled("the run was asked to stop before it began");
      this.send({ type: "run", id, request });
      return await this.orCrash(ended);
    } finally {
      signal.removeEventListener("abort", stop);
      for (const timer of timers) clearTimeout(timer);
      if (take !== undefined) this.child.off("message", take);
    }
  }

  /** Lets the worker end by itself, and kills it if it does not within the time for a terminated one. */
  async close(): Promise<void> {
    this.send({ type: "close" });
    const timer = setTimeout(() => this.kill(), this.patience.terminate);
    await this.exited;
    clearTimeout(timer);
  }

  private async orCrash<T>(promise: Promise<T>): Promise<T> {
    const crash = this.exited.then((how): never => {
      const said = this.tail.trim();
      throw new WorkerCrashed(`the worker process ended with ${how}${said === "" ? "" : `: ${lastLines(said)}`}`);
    });
    crash.catch(() => undefined);
    return Promise.race([promise, crash]);
  }

  private send(message: ToWorker): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined) signalGroup(this.child.pid, signal);
  }

  private kill(): void {
    if (this.child.pid !== undefined) signalTree(this.child.pid, this.mark, "SIGKILL");
  }
}

function progressOf({ resources, doing }: Extract<FromWorker, { type: "progress" }>) {
  return { resources, ...(doing === undefined ? {} : { doing }) };
}

function lastLines(text: string): string {
  return text.split("\n").slice(-3).join("\n");
}

function asError({ kind, message }: WorkerFailure): Error {
  if (kind === "cancelled") return new RunCancelled(message);
  if (kind === "unreachable") return new SiteUnreachable(message);
  return kind === "locked" ? new StackLocked(message) : new RunFailed(message);
}
