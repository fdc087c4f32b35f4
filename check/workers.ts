import { type ChildProcess, fork } from "node:child_process";
import type { FromWorker, Shared, SiteAnswer, SiteRequest, ToWorker } from "./messages";

export interface WorkerModule {
  /** Absolute path of a module that calls `serveChecks` and ends its process afterwards. */
  readonly modulePath: string;
  /** Flags for Node, such as those that load TypeScript. */
  readonly execArgv: readonly string[];
  /** The whole environment of the worker. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The last lines of standard error that a person gets to see when a worker ends early. */
const tailLength = 1_500;

/** A site's worth of building costs less than starting a second process for a handful of them. */
const sitesPerWorker = 12;

/**
 * Builds and judges sites in warm processes, each one at a time and the next as soon as it is done.
 * @param most processes at once.
 * @param onAnswer called for each site as it comes.
 */
export async function inWorkers(
  module: WorkerModule,
  shared: Shared,
  requests: readonly SiteRequest[],
  most: number,
  onAnswer: (answer: SiteAnswer) => void,
): Promise<void> {
  const waiting = [...requests];
  const count = Math.min(most, Math.ceil(requests.length / sitesPerWorker));
  await Promise.all(
    Array.from({ length: count }, async () => {
      let worker = new Worker(module, shared);
      try {
        for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
          try {
            onAnswer(await worker.build(request));
          } catch (error) {
            // An output that fails takes the process with it. Its site cannot be built; the others can.
            onAnswer({ site: request.site.name, found: [], failure: (error as Error).message });
            worker.end();
            worker = new Worker(module, shared);
          }
        }
      } finally {
        worker.end();
      }
    }),
  );
}

class Worker {
  private readonly child: ChildProcess;
  private readonly gone: Promise<never>;
  private tail = "";
  private take: (message: FromWorker) => void = () => undefined;

  constructor(module: WorkerModule, shared: Shared) {
    this.child = fork(module.modulePath, [], {
      execArgv: [...module.execArgv],
      env: { ...module.environment },
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.child.stderr?.on("data", (data: Buffer) => (this.tail = (this.tail + data.toString()).slice(-tailLength)));
    this.gone = new Promise((_, reject) => {
      const over = (how: string) =>
        reject(new Error(`a process that builds sites ended with ${how}: ${this.tail.trim()}`));
      this.child.once("error", (error) => over(error.message));
      this.child.once("close", (code, signal) => over(signal ?? `exit code ${code ?? "unknown"}`));
    });
    this.gone.catch(() => undefined);
    this.child.on("message", (message) => this.take(message as FromWorker));
    this.send({ type: "begin", shared });
  }

  /** @throws Error if the process cannot be started, or ends in the middle. */
  async build(request: SiteRequest): Promise<SiteAnswer> {
    const answered = new Promise<SiteAnswer>((resolve) => {
      this.take = (message) => message.type === "done" && resolve(message.answer);
    });
    this.send({ type: "site", request });
    return Promise.race([answered, this.gone]);
  }

  end(): void {
    if (this.child.connected) this.child.disconnect();
    this.child.kill();
  }

  private send(message: ToWorker): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }
}
