import { RunCancelled, SiteUnreachable, StackLocked } from "../stackRunner";
import { endStragglers } from "./descendants";
import type { FromWorker, ToWorker, WorkerFailure, WorkerRequest } from "./messages";
import { type EngineOptions, type OpenStack, openByAutomation } from "./openStack";
import { ownScratch, removeScratch } from "./scratch";
import { runStack } from "./stackRun";
import type { Connect } from "./way";

/** A run that goes on for so long after its driver has died is left behind, in milliseconds. */
const orphanGrace = 20_000;

export type ServeOptions = (
  EngineOptions | { readonly openStack: OpenStack; readonly environment: Readonly<Record<string, string>> }
) & {
  /** Called before each run with the folder for its temporary files, so that this process uses it too. */
  readonly onScratch?: (folder: string) => void;
  /** Opens the way to a site for the time of each of its runs. */
  readonly connect?: Connect;
};

/**
 * The worker's side of the pool: takes runs from the process that forked this one, one at a time, until it is told to
 * close or that process dies. A run that is under way then is asked to stop and waited for, so that its state is whole.
 *
 * The module that calls this ends its process when the promise resolves; a program may have left timers or sockets.
 * @throws Error if this process has no channel to a parent.
 */
export async function serveRuns(options: ServeOptions): Promise<void> {
  if (process.send === undefined) throw new Error("a worker is started by the rollout's runner, not by hand");
  const openStack = "openStack" in options ? options.openStack : openByAutomation(options);
  const worker = new Worker(openStack, options);
  // The driver decides what an interrupt means; a terminal sends it to every process of its group.
  process.on("SIGINT", () => undefined);
  process.on("message", (message) => worker.take(message as ToWorker));
  process.on("disconnect", () => worker.orphaned());
  worker.send({ type: "ready" });
  await worker.over;
}

class Worker {
  private current: { readonly id: number; readonly scratch: string; readonly stop: AbortController } | undefined;
  private closing = false;
  private end!: () => void;
  readonly over = new Promise<void>((resolve) => (this.end = resolve));

  constructor(
    private readonly openStack: OpenStack,
    private readonly options: Pick<ServeOptions, "environment" | "onScratch" | "connect">,
  ) {}

  send(message: FromWorker): void {
    // Who is gone needs no answer.
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  }

  take(message: ToWorker): void {
    switch (message.type) {
      case "run":
        void this.run(message.id, message.request);
        return;
      case "stop":
        if (this.current?.id === message.id) this.current.stop.abort();
        return;
      case "close":
        this.closing = true;
        if (this.current === undefined) this.end();
        return;
    }
  }

  orphaned(): void {
    this.closing = true;
    if (this.current === undefined) return this.end();
    const { stop, scratch } = this.current;
    stop.abort();
    setTimeout(() => {
      endStragglers(scratch);
      this.end();
    }, orphanGrace).unref();
  }

  private async run(id: number, request: WorkerRequest): Promise<void> {
    const stop = new AbortController();
    this.current = { id, scratch: request.scratch, stop };
    let resources = 0;
    const onProgress = (done: number) => {
      resources = done;
      this.send({ type: "progress", id, resources });
    };
    const onDoing = (doing: string) => this.send({ type: "progress", id, resources, doing });
    let answer: FromWorker;
    try {
      await ownScratch(request.scratch, "worker");
      this.options.onScratch?.(request.scratch);
      const { environment, connect } = this.options;
      const { openStack } = this;
      const result = await runStack(request, {
        openStack,
        environment,
        signal: stop.signal,
        onProgress,
        onDoing,
        connect,
      });
      answer = { type: "done", id, result, memoryMiB: memoryMiB() };
    } catch (error) {
      answer = { type: "failed", id, failure: failureOf(error), memoryMiB: memoryMiB() };
    }
    // Also when the driver has died meanwhile, which would have done it otherwise.
    await removeScratch(request.scratch);
    this.current = undefined;
    this.send(answer);
    if (this.closing) this.end();
  }
}

function memoryMiB(): number {
  return Math.round(process.memoryUsage.rss() / (1024 * 1024));
}

function failureOf(error: unknown): WorkerFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RunCancelled) return { kind: "cancelled", message };
  if (error instanceof StackLocked) return { kind: "locked", message };
  if (error instanceof SiteUnreachable) return { kind: "unreachable", message };
  return { kind: "failed", message };
}
