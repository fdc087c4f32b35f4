import type { RolloutRequest } from "../requests";
import type { RolloutState } from "../state";
import { type Answer, events, unknown } from "./answer";

export function evidence(state: RolloutState, request: RolloutRequest & { type: "evidence" }): Answer {
  const { by, site: name, result, detail } = request;
  const site = state.sites.get(name);
  if (site === undefined) return unknown("site", name, []);
  if (state.finished?.result === "superseded") return { refused: "another run has taken this one's place" };
  if (site.phase !== "final") return { refused: `site ${name} has no end yet, so nothing of it is late` };
  if (site.attempt === 0) return { refused: `site ${name} was not run, so it can tell nothing of the release` };
  if (site.direction === "back") return { refused: `site ${name} was taken back, and no longer has the release` };
  const same =
    result === "fail" ? site.outcome === "failed" : site.outcome === "succeeded" || site.outcome === "unchanged";
  return events(same ? [] : [{ type: "evidence-recorded", site: name, result, detail, by }]);
}
