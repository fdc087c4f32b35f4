import { setMaxListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";

import type { Clock } from "../../rollout/clock";

/** Time that moves only when nothing else can happen. */
export class FakeClock implements Clock {
  private time = Date.UTC(2026, 10, 23, 12);
  private timers: { readonly at: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.time;
  }

  until(at: number, signal: AbortSignal): Promise<void> {
    if (at <= this.time || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = { at, wake: resolve };
      this.timers.push(timer);
      setMaxListeners(0, signal);
      signal.addEventListener("abort", () => {
        this.timers = this.timers.filter((other) => other !== timer);
        resolve();
      });
    });
  }

  /** Lets time pass until the promise settles. @throws Error if it waits for something that is not time. */
  async settle<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => (settled = true));
    watched.catch(() => undefined);
    for (let idle = 0; idle < 50;) {
      await turn();
      if (settled) return watched;
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) {
        idle += 1;
        continue;
      }
      idle = 0;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.wake();
    }
    throw new Error("nothing is left that could happen, and the promise has not settled");
  }
}
