import { setTimeout as sleep } from "node:timers/promises";

/** Lets so many requests pass a second, and so many at once after a rest: a token bucket, as client-go has it. */
export class Limiter {
  private tokens: number;
  private filled = performance.now();

  /**
   * @param rate requests a second, above 0.
   * @param burst requests at once, at least 1.
   */
  constructor(
    private readonly rate: number,
    private readonly burst: number,
  ) {
    this.tokens = burst;
  }

  /** Returns when the next request may be sent; those who wait go in the order they came. */
  async pass(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.filled) / 1000) * this.rate);
    this.filled = now;
    this.tokens -= 1;
    if (this.tokens >= 0) return;
    await sleep((-this.tokens / this.rate) * 1000, undefined, { signal });
  }
}
