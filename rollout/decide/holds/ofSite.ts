import type { RolloutState, SiteState, WaveState } from "../../state";
import { windowsOf } from "../windows";
import { type Hold, iso, waiting } from "./hold";

/** What holds one pending site of a wave that is under way; undefined if it can be started. */
export function siteHold(state: RolloutState, wave: WaveState, site: SiteState, now: number): Hold | undefined {
  return (
    retryHold(site, now) ??
    // A release that has to be taken back waits for no window.
    (site.direction === "back" ? undefined : (stagingHold(state, wave, site) ?? windowHold(state, wave, site, now))) ??
    domainHold(state, site)
  );
}

function retryHold({ notBefore, reason, finishedAt, startedAt, retries }: SiteState, now: number): Hold | undefined {
  if (notBefore === undefined || now >= notBefore) return undefined;
  return waiting(
    finishedAt ?? startedAt ?? now,
    () => `repeat ${retries} comes at ${iso(notBefore)}: ${reason ?? ""}`,
    "time; or edgewave rollout abort",
    notBefore,
  );
}

function stagingHold(
  { plan, openedAt }: RolloutState,
  { startedAt }: WaveState,
  { staging, site }: SiteState,
): Hold | undefined {
  if (!plan.preStage || staging?.phase === "present") return undefined;
  if (staging?.phase !== "missing") {
    return waiting(
      staging?.since ?? startedAt ?? openedAt,
      () => `the content of ${site} is not proven present at its bastion yet`,
      "the bastion is asked by and by, a few sites at once",
    );
  }
  return waiting(
    staging.since,
    () => `the content of ${site} is not at its bastion: ${staging.detail}`,
    "bring it there; the bastion is asked again by itself",
    staging.until,
  );
}

function windowHold(state: RolloutState, wave: WaveState, site: SiteState, now: number): Hold | undefined {
  const open = windowsOf(state.plan).openAt(
    [state.plan.maintenance, wave.plan.maintenance, ...(site.frozen.maintenance ? [site.frozen.maintenance] : [])],
    site.frozen.timeZone ?? "UTC",
    now,
  );
  if (open.open) return undefined;
  const { opensAt, why } = open;
  const when = opensAt === undefined ? "and none opens within 400 days" : `the next one opens at ${iso(opensAt)}`;
  return {
    status: opensAt === undefined ? "blocked" : "waiting",
    since: wave.startedAt ?? state.openedAt,
    until: opensAt,
    condition: () => `no maintenance window is open (${why}); ${when}`,
    remedy: opensAt === undefined ? "give the rollout or the site another window" : "time; the window opens by itself",
  };
}

function domainHold(state: RolloutState, { frozen }: SiteState): Hold | undefined {
  const { domain } = frozen;
  const most = state.plan.failureDomains?.maxConcurrency;
  const inDomain = domain === undefined ? undefined : state.domains.get(domain);
  if (most === undefined || inDomain === undefined || inDomain.running < most) return undefined;
  return waiting(
    state.at,
    () => `${inDomain.running} of at most ${most} sites of ${state.plan.failureDomains?.label} ${domain} are in flight`,
    "it starts when one of them ends",
  );
}
