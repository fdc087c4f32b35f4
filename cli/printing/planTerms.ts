import type { Calendar } from "../../fleet/calendar";
import type { Plan } from "../../rollout/plan";
import { calendarText } from "../../rollout/windows/words";
import { plural } from "./findings";
import { formatSpan } from "./time";

/** Names that are shown of a list before the rest is counted. */
export const mostNames = 12;

/** What holds for a rollout as a whole, a line each. @param now milliseconds since the epoch. */
export function planTerms(plan: Plan, now: number): string[] {
  const { maxFailures, maxDeferred, failureDomains, deadlineSeconds, retry, onFailure, preStage } = plan;
  const deferred = maxDeferred === undefined ? "any number may be deferred" : `${maxDeferred} may be deferred`;
  const lines = [
    onFailure === "continue"
      ? `The rollout goes on whatever fails, and ends as failed; ${deferred}.`
      : `The rollout halts when more than ${plural(maxFailures, "site")} failed; ${deferred}.`,
  ];
  if (onFailure === "rollback") lines.push("Then the sites that were changed go back to the release that each had.");
  if (retry.limit > 0) {
    const { limit, backoffSeconds, factor, maxBackoffSeconds } = retry;
    const longest = formatSpan(maxBackoffSeconds);
    lines.push(
      `A failed run is repeated ${plural(limit, "time")}, after ${formatSpan(backoffSeconds)}, each wait ${factor} times the last, at most ${longest}.`,
    );
  }
  if (failureDomains !== undefined) lines.push(domains(failureDomains));
  if (deadlineSeconds !== undefined) {
    lines.push(`Deadline: nothing more is started ${formatSpan(deadlineSeconds)} after the start.`);
  }
  const windows = windowsText(plan.maintenance, now);
  if (windows !== undefined) lines.push(`Windows: ${windows}.`);
  if (preStage) lines.push("A site is started only once its content is proven present at its bastion.");
  return lines;
}

function domains({ label, maxConcurrency, domains: all }: NonNullable<Plan["failureDomains"]>): string {
  const most = maxConcurrency === undefined ? "" : `, ${maxConcurrency} at once in each`;
  const named = Object.entries(all)
    .sort(([, a], [, b]) => b.sites - a.sites)
    .slice(0, mostNames)
    .map(([name, { sites, maxFailures, maxDeferred }]) => {
      const failures = maxFailures === undefined ? [] : [`${maxFailures} may fail`];
      const deferrals = maxDeferred === undefined ? [] : [`${maxDeferred} may be deferred`];
      return `${name} ${[sites, ...failures, ...deferrals].join(", ")}`;
    });
  const count = Object.keys(all).length;
  const more = count > mostNames ? ` and ${count - mostNames} more` : "";
  return `Failure domains by ${label}${most}: ${named.join("; ")}${more}.`;
}

/** When sites may be started, in words; undefined if always. Frozen days that are over are not told. */
export function windowsText(maintenance: Calendar, now: number): string | undefined {
  return calendarText(maintenance, "the site's time", new Date(now).toISOString().slice(0, 10));
}
