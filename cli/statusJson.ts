import type { RolloutState } from "../rollout/state";
import { outcomeWord } from "./printing/summary";

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
