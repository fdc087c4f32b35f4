import { ProviderError } from "../failure";
import type { CallContext } from "../provider";

/**
 * Does `work` for at most so many seconds, counted in whole ones; 0 is no limit. When they are over, the work is
 * cancelled as if the user had done it.
 *
 * Source: `middleware/cancel` of pulumi-go-provider, by which the official provider honours `customTimeouts`.
 *
 * @throws ProviderError if the work has not ended in time, after it has left.
 */
export async function withinTime<T>(
  seconds: number,
  context: CallContext,
  work: (context: CallContext) => Promise<T>,
): Promise<T> {
  if (seconds === 0) return await work(context);
  const limit = AbortSignal.timeout(Math.floor(seconds) * 1000);
  try {
    return await work({ ...context, signal: AbortSignal.any([context.signal, limit]) });
  } catch (error) {
    if (!limit.aborted || context.signal.aborted) throw error;
    throw new ProviderError(
      "EDGE-COMMAND-010",
      `it has not ended within the ${seconds} s that its customTimeouts give it, so it was cancelled`,
      "Find what it waits for, or give it more time",
      { cause: error },
    );
  }
}
