import { setMaxListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";

import type { Clock } from "../../rollout/clock";

/** Time that moves only when nothing else can happen. */
export class FakeClock implements Clock {
  private timers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(private time = Date.UTC(2026, 10, 23, 12)) {}

  now(): number {
    return this.time;
  }

  until(at: number, signal: AbortSignal): Promise<void> {
    if (at <= this.time || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = () => {
        this.timers = this.timers.filter((other) => other !== timer);
        resolve();
      };
      const timer = {
        at,
        wake: () => {
          signal.removeEventListener("abort", stop);
          resolve();
        },
      };
      this.timers.push(timer);
      setMaxListeners(0, signal);
      signal.addEventListener("abort", stop);
    });
  }

  /**
   * Lets time pass until the promise settles.
   * @param most times that something may wake, for what could go on for ever.
   * @throws Error if it waits for something that is not time.
   */
  async settle<T>(promise: Promise<T>, most = Infinity): Promise<T> {
    let wakes = 0;
    let settled = false;
    const watched = promise.finally(() => (settled = true));
    watched.catch(() => undefined);
    for (let idle = 0; idle < 50;) {
      await turn();
      if (settled) return watched;
      if (wakes > most) throw new Error(`it has not settled after ${most} wakes`);
      const next = this.timers.reduce<(typeof this.timers)[number] | undefined>(
        (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
        undefined,
      );
      if (next === undefined) {
        idle += 1;
        continue;
      }
      idle = 0;
      wakes += 1;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.wake();
    }
    throw new Error("nothing is left that could happen, and the promise has not settled");
  }
}
