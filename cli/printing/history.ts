import type { Outcome } from "../../rollout/events";
import type { Colors } from "../io";
import type { RunRecord, SiteRecord } from "../rollout/runRecord";
import { plural } from "./findings";
import { formatSeconds, outcomeColor } from "./outcome";
import { formatTable } from "./table";
import { formatTime } from "./time";

/** Acts that are shown of one run before the rest is counted. */
const mostActs = 5;

/** A table of runs, then who did what to them. @param of how many there are in all. */
export function formatRuns(records: readonly RunRecord[], of: number, colors: Colors): string {
  if (records.length === 0) return "no run is recorded";
  const rows = records.map(({ run, rollout, release, startedAt, seconds, result, tally }) => [
    run,
    rollout,
    release,
    formatTime(Date.parse(startedAt)),
    formatSeconds(seconds),
    resultColor(result, colors)(result),
    Object.entries(tally)
      .map(([word, count]) => `${count} ${word}`)
      .join(", "),
  ]);
  const head = ["run", "rollout", "release", "started", "took", "result", "sites"];
  const notes = records.flatMap((record) => formatNotes(record, colors));
  return [formatTable(head, rows, ["took"]), ...notes, ...rest(records.length, of)].join("\n\n");
}

function formatNotes({ run, reason, acts }: RunRecord, colors: Colors): string[] {
  const lines = [
    ...(reason === null ? [] : [`  ${reason}`]),
    ...acts.slice(0, mostActs).map(({ at, by, what }) => `  ${formatTime(Date.parse(at))} ${by} ${what}`),
    ...(acts.length > mostActs ? [`  and ${acts.length - mostActs} more; --json has all`] : []),
  ];
  return lines.length === 0 ? [] : [[colors.bold(run), ...lines].join("\n")];
}

function rest(shown: number, of: number): string[] {
  return shown < of ? [`and ${plural(of - shown, "older run")}; --limit ${of} shows all`] : [];
}

function resultColor(result: string, colors: Colors): (text: string) => string {
  if (result === "succeeded") return colors.green;
  if (result === "running") return colors.cyan;
  return result === "superseded" || result === "interrupted" ? colors.yellow : colors.red;
}

/** @param looked runs that were looked at, of so many in all. */
export function formatSiteHistory(
  site: string,
  records: readonly SiteRecord[],
  looked: number,
  of: number,
  colors: Colors,
): string {
  const scope = looked === of ? "" : ` of the last ${plural(looked, "run")}`;
  if (records.length === 0) return `${site} is in no run${scope}`;
  const rows = records.map(({ at, run, rollout, release, wave, outcome, seconds, reason }) => [
    formatTime(Date.parse(at)),
    run,
    rollout,
    release,
    wave,
    outcomeColor(outcome as Outcome, colors)(outcome),
    seconds === 0 ? "" : formatSeconds(seconds),
    reason ?? "",
  ]);
  const head = ["when", "run", "rollout", "release", "wave", "outcome", "took", ""];
  return [formatTable(head, rows, ["took"]), ...rest(looked, of)].join("\n\n");
}
