import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type DriftResult,
  RunCancelled,
  RunFailed,
  type RunObserver,
  type RunRequest,
  type RunResult,
  type StackRunner,
} from "../stackRunner";
import { type Admission, MemoryAdmission } from "./admission";
import { evidenceOf } from "./evidence";
import { masker, secretsOf } from "./masking";
import { freeMemory } from "./memory";
import type { Answer, Verb, WorkerRequest } from "./messages";
import { makeScratch, removeScratch, sweepScratch } from "./scratch";
import { SiteLog } from "./siteLog";
import { newestBackup } from "./stateBackup";
import { defaultLimits, type WorkerLimits, WorkerPool } from "./workerPool";
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
  readonly limits?: WorkerLimits;
  /** Memory that has to stay free for a site to start, in MiB; 512 by default, 0 for no floor. One site always runs. */
  readonly memoryFloorMiB?: number;
  /** How free memory is read, in MiB; `freeMemory` by default. */
  readonly readFreeMemory?: () => Promise<number>;
  /** Absolute path of the folder for the runs' scratch folders; the system's folder for temporary files by default. */
  readonly scratchRoot?: string;
  /** Done once before the first run, such as the installation of an engine's plugins; see `installPlugins`. */
  readonly prepareEngine?: () => Promise<void>;
}

/** In MiB; a worker and an engine's providers take that much while a site starts. */
const defaultMemoryFloor = 512;
/** How often free memory is looked at while a site waits for it, in milliseconds. */
const memoryPoll = 1_000;

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
  private readonly admission: MemoryAdmission;
  private readonly scratchRoot: string;
  private log: SiteLog | undefined;
  private prepared: Promise<void> | undefined;

  constructor(private readonly options: AutomationRunnerOptions) {
    const { worker, patience = defaultPatience, limits = defaultLimits, outputDirectory } = options;
    this.mask = masker(secretsOf(worker.environment));
    this.scratchRoot = options.scratchRoot ?? tmpdir();
    const onOutput = (chunk: string) => {
      // What a program prints by itself, past the engine.
      this.log ??= new SiteLog(join(outputDirectory, "logs", "workers.log"), this.mask);
      this.log.write(chunk);
    };
    this.pool = new WorkerPool(worker, patience, onOutput, limits);
    this.admission = new MemoryAdmission({
      floorMiB: options.memoryFloorMiB ?? defaultMemoryFloor,
      free: options.readFreeMemory ?? (() => freeMemory()),
      pollEvery: memoryPoll,
      onShort: () => this.pool.closeIdle(),
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

  drift(request: RunRequest, observer: RunObserver): Promise<DriftResult> {
    return this.run("drift", request, observer);
  }

  /** Sweeps what killed drivers left, and prepares the engine; once, also if several runs begin at the same time. */
  prepare(): Promise<void> {
    this.prepared ??= this.prepareOnce().catch((error: unknown) => {
      this.prepared = undefined;
      throw error;
    });
    return this.prepared;
  }

  evidence(site: string): Promise<string | undefined> {
    return evidenceOf(this.options.outputDirectory, site);
  }

  newestBackup(site: string): Promise<string | undefined> {
    return newestBackup(this.options.outputDirectory, site);
  }

  async close(): Promise<void> {
    await this.pool.close();
    this.log?.close();
    this.log = undefined;
  }

  private async prepareOnce(): Promise<void> {
    await sweepScratch(this.scratchRoot);
    await this.options.prepareEngine?.();
  }

  private async run<V extends Verb>(verb: V, request: RunRequest, observer: RunObserver): Promise<Answer<V>> {
    const { name } = request.site;
    if (this.busy.has(name)) throw new RunFailed(`site ${name} is being run already`);
    this.busy.add(name);
    try {
      const admission = await this.admission.enter(observer);
      try {
        await this.prepare();
        return (await this.runOnWorkers(verb, request, settling(observer, admission))) as Answer<V>;
      } finally {
        admission.leave();
      }
    } finally {
      this.busy.delete(name);
    }
  }

  private async runOnWorkers(verb: Verb, request: RunRequest, observer: RunObserver): Promise<Answer> {
    const crashes: string[] = [];
    while (crashes.length < attempts) {
      if (observer.signal.aborted) throw new RunCancelled("the run was asked to stop");
      const scratch = await makeScratch(this.scratchRoot);
      const worker: WorkerProcess = this.pool.take();
      try {
        const result = await worker.run(this.workerRequest(verb, request, scratch), observer);
        return { ...result, notes: [...crashes.map(repeated), ...(result.notes ?? [])] };
      } catch (error) {
        if (!(error instanceof WorkerCrashed)) throw error;
        if (observer.signal.aborted) {
          throw new RunCancelled("the run did not stop in time and was killed; the next run puts its state in order");
        }
        crashes.push(this.mask(error.message));
      } finally {
        this.pool.give(worker);
        await removeScratch(scratch);
      }
    }
    throw new RunFailed(`${crashes.at(-1)} (run ${attempts} times)`);
  }

  private workerRequest(verb: Verb, request: RunRequest, scratch: string): WorkerRequest {
    const { outputDirectory, fleetFolder, projectFile, parallel = 4, patience = defaultPatience } = this.options;
    return { ...request, verb, outputDirectory, fleetFolder, projectFile, parallel, lockWait: patience.lock, scratch };
  }
}

/** A run that has told of progress has taken the memory that it begins with. */
function settling({ signal, onProgress }: RunObserver, { settle }: Admission): RunObserver {
  return {
    signal,
    onProgress: (progress) => {
      settle();
      onProgress(progress);
    },
  };
}

function repeated(crash: string): string {
  return `the run was repeated on another worker, because ${crash}`;
}
