import { gatesOf } from "./decide/gating";
import type { RolloutEvent, SiteFinished } from "./events";
import { repeatOf } from "./retry";
import type { RolloutState } from "./state";

/**
 * What the end of a run means for its site, given how the rollout stands. Pure. A run says `succeeded`, and the site is
 * done only after its gates; a run says `failed`, and is repeated if repeats are left; a run that goes back to an
 * earlier release makes its site `rolled-back`. An unchanged site has passed its gates before.
 * @param events of the run, its end last.
 */
export function afterRun(state: RolloutState, events: readonly RolloutEvent[], now: number): RolloutEvent[] {
  return events.flatMap((event): RolloutEvent[] =>
    event.type === "site-finished" ? endOf(state, event, now) : [event],
  );
}

function endOf(state: RolloutState, end: SiteFinished, now: number): RolloutEvent[] {
  const site = state.sites.get(end.site);
  if (site === undefined) throw new Error(`site ${end.site} is not in this rollout`);
  const repeat = repeatOf(state, end, now);
  if (repeat !== undefined) return [repeat];
  const back = site.direction === "back";
  if (end.outcome === "succeeded" && gatesOf(state, site).length > 0) {
    const { outcome: _, reason: __, type: ___, ...applied } = end;
    return [{ type: "site-applied", ...applied }];
  }
  if (!back) return [end];
  if (end.outcome === "succeeded" || end.outcome === "unchanged") {
    return [{ ...end, outcome: "rolled-back", reason: `back at release ${site.before?.release ?? ""}` }];
  }
  return [{ ...end, reason: `it could not go back to release ${site.before?.release ?? ""}: ${end.reason ?? ""}` }];
}
