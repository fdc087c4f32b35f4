import { setTimeout as delay } from "node:timers/promises";

/** Time as the driver sees it, so that tests can bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves at that time, at once if it is past, or early (without an error) when `signal` is aborted. */
  until(time: number, signal: AbortSignal): Promise<void>;
}

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const longestDelay = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async until(time, signal) {
    for (let left = time - Date.now(); left > 0 && !signal.aborted; left = time - Date.now()) {
      await delay(Math.min(left, longestDelay), undefined, { signal }).catch(() => undefined);
    }
  },
};
