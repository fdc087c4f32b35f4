import { createHash } from "node:crypto";

import type { SiteFinished, SiteRetryScheduled } from "./events";
import type { RolloutState } from "./state";

/**
 * The repeat of a failed run; undefined if it was the last one, or if nothing is started any more. Pure: the jitter is
 * drawn from the run and the attempt, so that a ledger tells the same story whoever reads it.
 * @param now milliseconds since the epoch.
 */
export function repeatOf(state: RolloutState, end: SiteFinished, now: number): SiteRetryScheduled | undefined {
  const site = state.sites.get(end.site);
  const { limit } = state.plan.retry;
  if (site === undefined || end.outcome !== "failed" || site.retries >= limit) return undefined;
  if (state.halted !== undefined && site.direction === "forward") return undefined;
  if (state.aborting !== undefined) return undefined;
  const seconds = backoffSeconds(state, end.site, site.retries + 1);
  const reason = `run ${site.attempt} failed, repeat ${site.retries + 1} of ${limit} follows: ${end.reason ?? ""}`;
  return { type: "site-retry-scheduled", site: end.site, reason, until: now + Math.round(seconds * 1000) };
}

/**
 * Exponential, and varied by `jitterPercent` to either side; never above the longest wait, at which it still varies: the
 * wait that is varied is so much shorter.
 */
export function backoffSeconds({ plan, run }: RolloutState, site: string, repeat: number): number {
  const { backoffSeconds: first, factor, maxBackoffSeconds, jitterPercent } = plan.retry;
  const jitter = jitterPercent / 100;
  const wait = Math.min(first * factor ** (repeat - 1), maxBackoffSeconds / (1 + jitter));
  return Math.min(wait * (1 + jitter * (2 * share(`${run}/${site}/${repeat}`) - 1)), maxBackoffSeconds);
}

/** From 0 to 1, even over texts. */
function share(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
}
