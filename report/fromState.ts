import { currentWave, type GateState, type RolloutState, type SiteState } from "../rollout/state";
import type { ReportData, ReportGate, ReportSite } from "./data";

const unassignedReasons = {
  "not-selected": "the rollout's selector leaves it out",
  "no-wave": "no wave takes it",
} as const;

/** What a report shows of a rollout, from its state alone: finished, interrupted or under way. */
export function reportFrom(state: RolloutState): ReportData {
  return {
    fleet: state.fleet,
    rollout: state.rollout,
    run: state.run,
    release: { name: state.release, locked: state.locked },
    result: state.finished?.result ?? (state.interrupted === undefined ? "running" : "interrupted"),
    startedAt: state.startedAt,
    endedAt: state.at,
    resumes: state.resumes,
    halt: state.halted && { at: state.halted.at, reason: state.halted.reason },
    waves: state.waves.map((wave) => ({
      name: wave.plan.name,
      canary: wave.plan.canary,
      maxConcurrency: wave.plan.maxConcurrency,
      startedAt: wave.startedAt,
      // A halted wave has no end of its own; it ended with the rollout.
      finishedAt: wave.finishedAt ?? (wave === currentWave(state) && wave.startedAt ? state.at : undefined),
      soak: wave.soak && { from: wave.soak.from, until: wave.soak.endedAt ?? wave.soak.until },
      gates: wave.gates.map(gateFrom),
    })),
    sites: [...state.sites.values()].map(siteFrom),
    unassigned: state.plan.unassigned.map(({ site, reason }) => ({ site, reason: unassignedReasons[reason] })),
  };
}

function gateFrom({ gate, answer, verdict, acceptedBy }: GateState): ReportGate {
  const detail = verdict?.reason ?? answer?.detail ?? "not answered yet";
  if (acceptedBy !== undefined) {
    return { name: gate, verdict: "accepted", detail: `taken as passed by ${acceptedBy}; ${detail}` };
  }
  return { name: gate, verdict: verdict?.verdict ?? "open", detail };
}

function siteFrom(site: SiteState): ReportSite {
  const { profile, architecture, region } = site.frozen;
  return {
    name: site.site,
    wave: site.wave,
    region,
    profile,
    architecture,
    outcome: site.outcome ?? (site.phase === "running" || site.phase === "gating" ? "running" : "waiting"),
    startedAt: site.startedAt,
    finishedAt: site.finishedAt,
    seconds: site.seconds,
    resources: site.resources,
    changes: site.changes,
    reason: site.reason,
    notes: site.notes,
    commit: site.promotion?.to,
  };
}
