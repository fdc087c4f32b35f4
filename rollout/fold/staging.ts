import type { SiteStaged, SiteStaging } from "../events";
import type { RolloutState } from "../state";
import { moveSite, siteOf } from "./parts";

export function asked(state: RolloutState, { site: name }: SiteStaging, at: number): RolloutState {
  const site = siteOf(state, name);
  return moveSite(state, {
    ...site,
    staging: {
      phase: "asking",
      since: site.staging?.since ?? at,
      detail: site.staging?.detail ?? "",
      until: undefined,
    },
  });
}

export function answered(state: RolloutState, { site: name, ...event }: SiteStaged, at: number): RolloutState {
  const site = siteOf(state, name);
  const present = event.proof !== undefined;
  return moveSite(state, {
    ...site,
    staging: {
      phase: present ? "present" : "missing",
      since: present ? at : (site.staging?.since ?? at),
      detail: event.proof ?? event.missing ?? "",
      until: present ? undefined : event.until,
    },
  });
}
