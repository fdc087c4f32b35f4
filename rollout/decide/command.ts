import type { RolloutEvent, SiteFinished } from "../events";
import type { SiteState } from "../state";

/** What the driver has to do next. */
export type Command =
  /** Nothing in the world: the decision itself is the fact. */
  | { readonly type: "record"; readonly events: readonly RolloutEvent[] }
  | { readonly type: "start-site"; readonly site: string; readonly attempt: number }
  /** Find out whether the release's content is at the site's bastion. */
  | { readonly type: "stage-site"; readonly site: string }
  /** Look at a gate until it has a verdict. */
  | { readonly type: "check-gate"; readonly site: string; readonly gate: string }
  /** The same of a gate of a wave as a whole. */
  | { readonly type: "check-wave-gate"; readonly wave: string; readonly gate: string }
  /** Ask again at that time (milliseconds since the epoch), or after the next event if that is earlier. */
  | { readonly type: "wait"; readonly until: number };

export function record(...events: readonly RolloutEvent[]): Command[] {
  return [{ type: "record", events }];
}

export function start(site: SiteState): Command {
  return { type: "start-site", site: site.site, attempt: site.attempt + 1 };
}

/** The earliest of the given times; none if there is none. */
export function waitUntil(times: readonly (number | undefined)[]): Command[] {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? [] : [{ type: "wait", until: known.reduce((a, b) => Math.min(a, b)) }];
}

export function halt(reason: string, wave: string | undefined, takeBack?: { by: string; wave?: string }): Command[] {
  return record({
    type: "rollout-halted",
    reason,
    ...(wave === undefined ? {} : { wave }),
    ...(takeBack === undefined ? {} : { takeBack }),
  });
}

/** The end of a site that is not run. */
export function withoutRun(site: SiteState, outcome: SiteFinished["outcome"], reason: string): SiteFinished {
  return { type: "site-finished", site: site.site, outcome, reason, seconds: 0, resources: 0, changes: {} };
}
