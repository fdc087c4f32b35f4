import { outcomes, type Outcome } from "../../rollout/events";
import type { RolloutState, SiteState } from "../../rollout/state";
import type { Colors } from "../io";
import { formatSeconds, outcomeColor } from "./outcome";
import { formatTable } from "./table";

/** The table of a rollout's sites, in the order of the waves. */
export function formatSites(state: RolloutState, colors: Colors): string {
  const sites = state.waves.flatMap((wave) => wave.plan.sites.flatMap((name) => state.sites.get(name) ?? []));
  const head = ["site", "profile", "wave", "outcome", "seconds", "resources"];
  const rows = sites.map((site) => {
    const word = outcomeWord(site);
    return [
      site.site,
      site.frozen.profile,
      site.wave,
      outcomeColor(word, colors)(word),
      site.seconds === 0 ? "" : site.seconds.toFixed(1),
      site.resources === 0 ? "" : String(site.resources),
    ];
  });
  return formatTable(head, rows, ["seconds", "resources"]);
}

/** A site's outcome, or where it is without one. */
export function outcomeWord(site: SiteState): Outcome | "running" | "pending" {
  return site.phase === "final" && site.outcome !== undefined
    ? site.outcome
    : site.phase === "running" || site.phase === "gating"
      ? "running"
      : "pending";
}

/** `22 succeeded, 2 deferred`. */
export function formatTally(state: RolloutState): string {
  const counts = new Map<string, number>();
  for (const site of state.sites.values()) counts.set(outcomeWord(site), (counts.get(outcomeWord(site)) ?? 0) + 1);
  return [...outcomes, "running", "pending"]
    .filter((word) => counts.has(word))
    .map((word) => `${counts.get(word)} ${word}`)
    .join(", ");
}

/** Reasons of the sites that are not done, a line each, failures first; those beyond `most` are counted. */
export function formatReasons(state: RolloutState, colors: Colors, most = Infinity): string[] {
  const sites = [...state.sites.values()]
    .filter((site) => site.reason !== undefined && site.outcome !== undefined && site.outcome !== "skipped")
    .toSorted((a, b) => Number(b.outcome === "failed") - Number(a.outcome === "failed"));
  const lines = sites.slice(0, most).map((site) => {
    const word = outcomeWord(site);
    return `${outcomeColor(word, colors)(word)} ${site.site}: ${site.reason}`;
  });
  return sites.length > most ? [...lines, `and ${sites.length - most} more; edgewave status --sites lists all`] : lines;
}

/** How the rollout stands or ended, in one line. */
export function formatEnd(state: RolloutState): string {
  const seconds = (state.at - state.startedAt) / 1000;
  const { finished, halted, interrupted } = state;
  if (halted !== undefined) return `halted after ${formatSeconds(seconds)}: ${halted.reason}`;
  if (interrupted !== undefined) return `interrupted, ${interrupted.left} left; the same command resumes`;
  if (finished !== undefined) return `${finished.result} in ${formatSeconds(seconds)}: ${formatTally(state)}`;
  return `under way for ${formatSeconds(seconds)}: ${formatTally(state)}`;
}
