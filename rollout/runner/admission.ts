import { RunCancelled, type RunObserver } from "../stackRunner";
import { admit } from "./memory";

export interface AdmissionOptions {
  /** What has to stay free, in MiB; 0 admits everything. */
  readonly floorMiB: number;
  /** What is free, in MiB. */
  readonly free: () => Promise<number>;
  /** How often memory is looked at while a start waits, in milliseconds. */
  readonly pollEvery: number;
  /** Frees what nobody needs; says whether it freed anything. */
  readonly onShort: () => Promise<boolean>;
}

/** A run that was admitted. */
export interface Admission {
  /** The run's process has taken the memory that it needs to begin. */
  readonly settle: () => void;
  readonly leave: () => void;
}

/**
 * What a run takes before it shows in the free memory, in MiB: a worker with the SDKs and one site's program. Without
 * it, all starts of one moment would see the same free memory.
 */
const startNeeds = 160;

interface Waiting {
  readonly observer: Pick<RunObserver, "onWaiting">;
  told: boolean;
  readonly resolve: (admission: Admission) => void;
}

/** Lets runs start, in the order in which they came, while enough memory is free. */
export class MemoryAdmission {
  private readonly waiting: Waiting[] = [];
  private readonly running = new Set<Admission>();
  private readonly starting = new Set<Admission>();
  private looking = false;
  private wake: () => void = () => undefined;

  constructor(private readonly options: AdmissionOptions) {}

  /** @throws RunCancelled if the run is asked to stop while it waits. */
  enter(observer: Pick<RunObserver, "signal" | "onWaiting">): Promise<Admission> {
    if (observer.signal.aborted) return Promise.reject(stopped());
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        observer,
        told: false,
        resolve: (admission) => {
          observer.signal.removeEventListener("abort", giveUp);
          resolve(admission);
        },
      };
      const giveUp = () => {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        this.wake();
        reject(stopped());
      };
      observer.signal.addEventListener("abort", giveUp, { once: true });
      this.waiting.push(waiting);
      void this.look();
    });
  }

  /** Looks at the memory for as long as somebody waits. */
  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const free = await this.free();
      // Who waits first may have given up meanwhile.
      if (next !== this.waiting[0]) continue;
      if (admit(free, this.options.floorMiB, this.running.size)) this.begin(next);
      else if (!(await this.options.onShort())) {
        this.tell(free);
        await this.pause();
      }
    }
    this.looking = false;
  }

  private async free(): Promise<number> {
    if (this.options.floorMiB <= 0) return Infinity;
    return (await this.options.free()) - this.starting.size * startNeeds;
  }

  private begin(waiting: Waiting): void {
    this.waiting.shift();
    const admission: Admission = {
      settle: () => void (this.starting.delete(admission) && this.wake()),
      leave: () => {
        this.starting.delete(admission);
        if (this.running.delete(admission)) this.wake();
      },
    };
    this.running.add(admission);
    this.starting.add(admission);
    if (waiting.told) waiting.observer.onWaiting?.(undefined);
    waiting.resolve(admission);
  }

  private tell(free: number): void {
    const { floorMiB } = this.options;
    const reason =
      `memory is short: ${Math.max(0, free)} MiB are free beside what starting sites will take, and ` +
      `${floorMiB} MiB have to stay free; the next site starts when one of ${this.running.size} ends or memory is given back`;
    for (const waiting of this.waiting) {
      if (waiting.told) continue;
      waiting.told = true;
      waiting.observer.onWaiting?.(reason);
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.options.pollEvery);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = () => undefined;
        resolve();
      };
    });
  }
}

function stopped(): RunCancelled {
  return new RunCancelled("the run was asked to stop before it began");
}
