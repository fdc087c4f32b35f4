import type { Io } from "./io";

export interface Interrupts {
  /** Aborted by the first Ctrl-C: stop in order. */
  readonly stop: AbortSignal;
  /** Aborted by the second: stop at once. */
  readonly hardStop: AbortSignal;
  readonly dispose: () => void;
}

export function listenForInterrupts(io: Io): Interrupts {
  const stop = new AbortController();
  const hardStop = new AbortController();
  const dispose = io.onInterrupt((count) => (count === 1 ? stop : hardStop).abort());
  return { stop: stop.signal, hardStop: hardStop.signal, dispose };
}
