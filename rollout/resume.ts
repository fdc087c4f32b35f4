import { canonicalJson } from "./canonicalJson";
import type { FrozenSite, RecordedEvent, RolloutStarted } from "./events";
import type { Ledger } from "./ledger/ledger";
import type { RolloutState } from "./state";

/** What a driver goes on with. */
export type Beginning =
  | { readonly type: "resume"; readonly run: string; readonly events: readonly RecordedEvent[] }
  /** `supersedes` is an unfinished run that cannot be resumed, with the reason for people. */
  | { readonly type: "new"; readonly supersedes: { readonly run: string; readonly reason: string } | undefined };

/** Finds the unfinished run that the given start would repeat. A run goes on only with what it was started with. */
export async function findBeginning(ledger: Ledger, start: RolloutStarted): Promise<Beginning> {
  const last = await ledger.lastRun(start.rollout);
  if (last === undefined || last.finished) return { type: "new", supersedes: undefined };
  const events = await ledger.events(last.run);
  const before = events[0]?.event;
  if (before?.type !== "rollout-started") return { type: "new", supersedes: undefined };
  const reason = difference(before, start);
  return reason === undefined
    ? { type: "resume", run: last.run, events }
    : { type: "new", supersedes: { run: last.run, reason } };
}

/** What differs between the start of an unfinished run and what would be started now; undefined if nothing does. */
export function difference(before: RolloutStarted, now: RolloutStarted): string | undefined {
  if (before.fleet !== now.fleet) return `the fleet was ${before.fleet} and is now ${now.fleet}`;
  if (before.release !== now.release) return `the release was ${before.release} and is now ${now.release}`;
  const changed = changedSites(before.sites, now.sites);
  if (changed.length > 0) {
    const named = changed.slice(0, 5).join(", ") + (changed.length > 5 ? " and others" : "");
    return `${changed.length} ${changed.length === 1 ? "site has" : "sites have"} changed since: ${named}`;
  }
  return canonicalJson(before.plan) === canonicalJson(now.plan) ? undefined : "the plan has changed since";
}

/** Of the named sites of a run, those that are not what they were when it started. */
export function changedSince(
  { release, sites }: Pick<RolloutState, "release" | "sites">,
  now: RolloutStarted,
  names: readonly string[],
): string[] {
  if (release !== now.release) return [`the release (${release}, now ${now.release})`];
  const hashes = new Map(now.sites.map(({ site, desiredHash }) => [site, desiredHash]));
  return names.filter((name) => sites.get(name)?.frozen.desiredHash !== hashes.get(name));
}

function changedSites(before: readonly FrozenSite[], now: readonly FrozenSite[]): string[] {
  const known = new Map(before.map((site) => [site.site, site]));
  const changed = now.filter((site) => !isSame(known.get(site.site), site)).map((site) => site.site);
  const names = new Set(now.map((site) => site.site));
  return [...changed, ...before.filter((site) => !names.has(site.site)).map((site) => site.site)].sort();
}

/** A run of version 1 does not say which time zone a site is in. */
function isSame(before: FrozenSite | undefined, now: FrozenSite): boolean {
  if (before === undefined) return false;
  const { timeZone } = before.timeZone === undefined ? now : before;
  return canonicalJson({ ...before, ...(timeZone === undefined ? {} : { timeZone }) }) === canonicalJson(now);
}
