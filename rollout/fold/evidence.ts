import type { EvidenceRecorded } from "../events";
import type { RolloutState } from "../state";
import { moveSite, siteOf } from "./parts";

/**
 * What a site tells late counts as if it had been told in time. The rollout is open again, so that the budgets are
 * looked at once more.
 */
export function acceptEvidence(state: RolloutState, event: EvidenceRecorded, at: number): RolloutState {
  const site = siteOf(state, event.site);
  if (site.phase !== "final") return state;
  const outcome = event.result === "pass" ? "succeeded" : "failed";
  const reason = event.result === "pass" ? undefined : `reported later by ${event.by}: ${event.detail}`;
  return { ...moveSite(state, { ...site, outcome, reason, finishedAt: at }), finished: undefined };
}

export function deferralExpired(state: RolloutState, name: string): RolloutState {
  const site = siteOf(state, name);
  if (site.outcome !== "deferred") throw new Error(`site ${name} expires while it is not deferred`);
  return moveSite(state, {
    ...site,
    outcome: "skipped",
    reason: `not waited for any longer; it was deferred: ${site.reason ?? ""}`,
  });
}
