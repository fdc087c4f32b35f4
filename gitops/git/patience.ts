import { setTimeout as sleep } from "node:timers/promises";
import { RemoteFailed, remoteStates } from "./remoteFailure";

export interface Patience {
  readonly attempts: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

/** About two minutes in all: longer outages are for the rollout's own retries, and for a resume. */
export const defaultPatience: Patience = { attempts: 7, firstWaitMs: 1000, longestWaitMs: 32_000 };

/**
 * Repeats what may go well in a moment, with waits that double and differ, so that many sites do not come back at once.
 * @throws what the last attempt threw, or at once what no repetition mends
 */
export async function patiently<T>(
  act: (attempt: number) => Promise<T>,
  { attempts, firstWaitMs, longestWaitMs }: Patience = defaultPatience,
  signal?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await act(attempt);
    } catch (error) {
      const again = error instanceof RemoteFailed && remoteStates[error.state].again;
      if (!again || attempt >= attempts) throw error;
      const wait = Math.min(firstWaitMs * 2 ** (attempt - 1), longestWaitMs);
      await sleep(wait * (0.75 + Math.random() / 2), undefined, { signal });
    }
  }
}
