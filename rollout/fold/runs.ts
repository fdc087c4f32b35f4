import type { SiteApplied, SiteFinished, SiteRetryScheduled, SiteStarted } from "../events";
import type { RolloutState } from "../state";
import { moveSite, siteOf } from "./parts";

export function siteStarted(state: RolloutState, event: SiteStarted, at: number): RolloutState {
  const site = siteOf(state, event.site);
  if (site.phase !== "pending") throw new Error(`site ${event.site} was started while it is ${site.phase}`);
  return moveSite(state, {
    ...site,
    phase: "running",
    cutOff: false,
    attempt: event.attempt,
    token: event.token,
    startedAt: at,
    notBefore: undefined,
    gates: [],
    reason: undefined,
  });
}

export function siteApplied(state: RolloutState, event: SiteApplied, at: number): RolloutState {
  const { type: _, site: name, ...applied } = event;
  const site = siteOf(state, name);
  if (site.phase !== "running") throw new Error(`site ${name} was applied while it is ${site.phase}`);
  const changedAt = event.success?.changedAt ?? at;
  return moveSite(state, {
    ...site,
    phase: "gating",
    waiting: undefined,
    changed: true,
    applied,
    changedAt,
    gates: [],
  });
}

/** What a failed run has done stays to be told until the next one has an end of its own. */
export function retryScheduled(state: RolloutState, event: SiteRetryScheduled): RolloutState {
  const site = siteOf(state, event.site);
  if (site.phase !== "running") throw new Error(`site ${event.site} is to be repeated while it is ${site.phase}`);
  return moveSite(state, {
    ...site,
    phase: "pending",
    waiting: undefined,
    changed: true,
    retries: site.retries + 1,
    notBefore: event.until,
    reason: event.reason,
  });
}

export function siteFinished(state: RolloutState, event: SiteFinished, at: number): RolloutState {
  const site = siteOf(state, event.site);
  if (site.phase === "final") throw new Error(`site ${event.site} finished twice`);
  const ran = site.phase !== "pending";
  // Where a run found nothing to do, or no way to the site, it has changed nothing.
  const mayHaveChanged = ran && event.outcome !== "unchanged" && event.outcome !== "deferred";
  return moveSite(state, {
    ...site,
    phase: "final",
    waiting: undefined,
    cutOff: false,
    changed: event.outcome !== "rolled-back" && (site.changed || mayHaveChanged),
    finishedAt: at,
    notBefore: undefined,
    // A run without a success may have changed things before it failed.
    changedAt: event.success?.changedAt ?? site.changedAt ?? (ran ? at : undefined),
    applied: undefined,
    outcome: event.outcome,
    reason: event.reason,
    seconds: event.seconds,
    resources: event.resources,
    changes: event.changes,
    notes: event.notes ?? [],
  });
}
