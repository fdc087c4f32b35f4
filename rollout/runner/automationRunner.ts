import { join } from "node:path";

import {
  RunCancelled,
  RunFailed,
  type RunObserver,
  type RunRequest,
  type RunResult,
  type StackRunner,
} from "../stackRunner";
import { evidenceOf } from "./evidence";
import { masker, secretsOf } from "./masking";
import type { Verb, WorkerRequest } from "./messages";
import { SiteLog } from "./siteLog";
import { WorkerPool } from "./workerPool";
import {
  defaultPatience,
  WorkerCrashed,
  type WorkerModule,
  type WorkerPatience,
  type WorkerProcess,
} from "./workerProcess";

export interface AutomationRunnerOptions {
  readonly worker: WorkerModule;
  /** Absolute path of the folder for state, work directories, logs and rendered files. */
  readonly outputDirectory: string;
  /** Absolute path of the fleet's folder; a person's `pulumi` in a work directory reads it. */
  readonly fleetFolder: string;
  /** Absolute path of the Pulumi.yaml whose program a person's `pulumi` runs there. */
  readonly projectFile: string;
  /** Resources of one stack that are worked on at once; 4 by default. Unbounded costs memory (pulumi/pulumi#14989). */
  readonly parallel?: number;
  readonly patience?: WorkerPatience;
}

/** A site whose worker crashed gets one more run on a fresh worker. */
const attempts = 2;

/**
 * Runs stacks through Pulumi's Automation API, each in a process of its own from a warm pool: inline programs of one
 * process share its handlers for stray errors, so one site's would fail its neighbours.
 */
export class AutomationStackRunner implements StackRunner {
  private readonly pool: WorkerPool;
  private readonly mask: (text: string) => string;
  private readonly busy = new Set<string>();
  private log: SiteLog | undefined;

  constructor(private readonly options: AutomationRunnerOptions) {
    const { worker, patience = defaultPatience, outputDirectory } = options;
    this.mask = masker(secretsOf(worker.environment));
    this.pool = new WorkerPool(worker, patience, (chunk) => {
      // What a program prints by itself, past the engine.
      this.log ??= new SiteLog(join(outputDirectory, "logs", "workers.log"), this.mask);
      this.log.write(chunk);
    });
  }

  up(request: RunRequest, observer: RunObserver): Promise<RunResult> {
    return this.run("up", request, observer);
  }

  preview(request: RunRequest, observer: RunObserver): Promise<RunResult> {
    return this.run("preview", request, observer);
  }

  destroy(request: RunRequest, observer: RunObserver): Promise<RunResult> {
    return this.run("destroy", request, observer);
  }

  evidence(site: string): Promise<string | undefined> {
    return evidenceOf(this.options.outputDirectory, site);
  }

  async close(): Promise<void> {
    await this.pool.close();
    this.log?.close();
    this.log = undefined;
  }

  private async run(verb: Verb, request: RunRequest, observer: RunObserver): Promise<RunResult> {
    const { name } = request.site;
    if (this.busy.has(name)) throw new RunFailed(`site ${name} is being run already`);
    this.busy.add(name);
    try {
      return await this.runOnWorkers(this.workerRequest(verb, request), observer);
    } finally {
      this.busy.delete(name);
    }
  }

  private workerRequest(verb: Verb, request: RunRequest): WorkerRequest {
    const { outputDirectory, fleetFolder, projectFile, parallel = 4, patience = defaultPatience } = this.options;
    return { ...request, verb, outputDirectory, fleetFolder, projectFile, parallel, lockWait: patience.lock };
  }

  private async runOnWorkers(request: WorkerRequest, observer: RunObserver): Promise<RunResult> {
    const crashes: string[] = [];
    while (crashes.length < attempts) {
      if (observer.signal.aborted) throw new RunCancelled("the run was asked to stop");
      const worker: WorkerProcess = this.pool.take();
      try {
        const result = await worker.run(request, observer);
        return { ...result, notes: [...crashes.map(repeated), ...(result.notes ?? [])] };
      } catch (error) {
        if (!(error instanceof WorkerCrashed)) throw error;
        if (observer.signal.aborted) {
          throw new RunCancelled("the run did not stop in time and was killed; the next run puts its state in order");
        }
        crashes.push(this.mask(error.message));
      } finally {
        this.pool.give(worker);
      }
    }
    throw new RunFailed(`${crashes.at(-1)} (run ${attempts} times)`);
  }
}

function repeated(crash: string): string {
  return `the run was repeated on another worker, because ${crash}`;
}
