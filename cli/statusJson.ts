import type { GateState, RolloutState } from "../rollout/state";
import { outcomeWord } from "./printing/summary";
import type { HubFailure, HubReports } from "./hubReports";
import type { SiteReports } from "./siteReports";

/** A rollout's state as `--json` prints it; times are ISO, what is not there is null. */
export function statusJson(state: RolloutState) {
  return {
    run: state.run,
    fleet: state.fleet,
    rollout: state.rollout,
    release: state.release,
    locked: state.locked,
    startedAt: new Date(state.startedAt).toISOString(),
    lastEventAt: new Date(state.at).toISOString(),
    result: state.finished?.result ?? null,
    halted: state.halted?.reason ?? null,
    interrupted: state.interrupted !== undefined,
    paused: state.paused === undefined ? null : { by: state.paused.by, reason: state.paused.reason ?? null },
    waves: state.waves.map(({ plan, startedAt, finishedAt, tally, running, pending, gates }) => ({
      wave: plan.name,
      sites: plan.sites.length,
      startedAt: startedAt === undefined ? null : new Date(startedAt).toISOString(),
      finishedAt: finishedAt === undefined ? null : new Date(finishedAt).toISOString(),
      inFlight: running,
      waiting: pending,
      outcomes: tally,
      gates: gates.map(gateJson),
    })),
    sites: [...state.sites.values()].map((site) => ({
      site: site.site,
      wave: site.wave,
      profile: site.frozen.profile,
      architecture: site.frozen.architecture,
      region: site.frozen.region,
      outcome: outcomeWord(site),
      reason: site.reason ?? null,
      seconds: site.seconds,
      resources: site.resources,
      changes: site.changes,
      commit: site.promotion?.to ?? null,
    })),
  };
}

/** What a wave was asked as a whole; `acceptedBy` took it as passed. */
function gateJson({ gate, answer, verdict, acceptedBy }: GateState) {
  return {
    gate,
    answer: answer?.answer ?? null,
    verdict: verdict?.verdict ?? null,
    detail: verdict?.reason ?? answer?.detail ?? null,
    acceptedBy: acceptedBy ?? null,
  };
}

/** How the reports came from the hub as `--json` prints it; null where the output folder is all the hub there is. */
export function hubReportsJson(hub: HubReports | undefined) {
  if (hub === undefined) return null;
  const { url, asked, readAt, failure, failures } = hub;
  const told = ({ code, what, hint }: HubFailure) => ({ code, message: what, hint });
  return {
    url,
    asked,
    readAt: isoOrNull(readAt),
    failure: failure === undefined ? null : told(failure),
    failures: [...failures].map(([site, why]) => ({ site, ...told(why) })),
  };
}

/** What sites report of themselves as `--json` prints it; null if none can report here. */
export function reportsJson(reports: SiteReports | undefined, now: number) {
  if (reports === undefined) return null;
  return [...reports].map(([site, { state, reason, since, reportedAt, warnings, facts }]) => ({
    site,
    state,
    reason,
    since: isoOrNull(since),
    reportedAt: isoOrNull(reportedAt),
    ageSeconds: reportedAt === undefined ? null : Math.round((now - reportedAt) / 1000),
    warnings,
    facts:
      facts === undefined
        ? null
        : {
            mirrored: facts.mirrored ?? null,
            lastContact: isoOrNull(facts.lastContact),
            bufferedMessages: facts.bufferedMessages ?? null,
            versions: {
              kubernetes: facts.versions.kubernetes ?? null,
              gitea: facts.versions.gitea ?? null,
              charts: facts.versions.charts,
            },
            certificates: Object.fromEntries(
              Object.entries(facts.certificates).map(([name, end]) => [name, isoOrNull(end)]),
            ),
          },
  }));
}

/** Null for what is not there, and for a time that no calendar has. */
function isoOrNull(at: number | undefined): string | null {
  return at === undefined || !(Math.abs(at) <= 8.64e15) ? null : new Date(at).toISOString();
}
