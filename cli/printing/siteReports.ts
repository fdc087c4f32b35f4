import { type SiteState, siteStates } from "../../probes/siteReport/judge";
import type { Colors } from "../io";
import type { HubReports } from "../hubReports";
import type { SiteReports } from "../siteReports";
import { formatTable } from "./table";
import { formatTime } from "./time";

/** How many sites are told of before the rest is counted. */
const mostSites = 8;

/** The sites by their own reports: how many in each state, and of those that have not converged the worst, with the reason. */
export function formatSiteReports(reports: SiteReports, now: number, colors: Colors): string {
  const lines = [`by their own reports: ${formatStates(reports, colors)}`];
  const others = [...reports].filter(([, { state }]) => state !== "converged").sort(worstFirst);
  for (const [site, { state, reason, reportedAt }] of others.slice(0, mostSites)) {
    lines.push(`${stateColor(state, colors)(state)} ${site}${reportedAge(reportedAt, now, colors)}: ${reason}`);
  }
  if (others.length > mostSites) lines.push(`and ${others.length - mostSites} more; --sites lists all`);
  const warned = [...reports].filter(([, { warnings }]) => warnings.length > 0);
  for (const [site, { warnings }] of warned.slice(0, mostSites)) {
    lines.push(`${colors.yellow("look at")} ${site}: ${warnings.join("; ")}`);
  }
  if (warned.length > mostSites) lines.push(`and ${warned.length - mostSites} more to look at`);
  return lines.join("\n");
}

/**
 * Where the reports come from and how old that is. A hub that did not answer comes with the reason and what to do, because
 * a site that seems silent then may have said a lot.
 */
export function formatHubReports({ url, asked, readAt, failure, failures }: HubReports, now: number, colors: Colors) {
  const age = readAt === undefined ? "never read from it here" : `read from it ${formatAge(now - readAt)} ago`;
  if (failure !== undefined) {
    const lines = [`${failure.code}: ${failure.what}`, `  What is told of the sites was ${age}. ${failure.hint}`];
    return lines.map((line) => colors.yellow(line)).join("\n");
  }
  if (!asked) return colors.dim(`${url} was not asked; what is told of the sites was ${age}`);
  const [head, ...rest] = [...failures].map(([site, { code, what }]) => `${site}: ${code}: ${what}`);
  if (head === undefined) return colors.dim(`read from ${url} now`);
  const lines = [`${url} did not answer for ${failures.size}; of them the last report that is known is told`, head];
  return [...lines, ...rest.slice(0, mostSites - 1)].map((line) => colors.yellow(line)).join("\n");
}

/** Every site with its state, the age of its report and the reason. */
export function formatReportTable(reports: SiteReports, now: number, colors: Colors): string {
  const rows = [...reports].map(([site, { state, reason, reportedAt, warnings }]) => [
    site,
    stateColor(state, colors)(state),
    reportedAt === undefined ? "" : formatAge(now - reportedAt),
    [reason, ...warnings].join("; "),
  ]);
  return formatTable(["site", "reports", "age", "reason"], rows, ["age"]);
}

/** `20 converged, 1 silent`. */
function formatStates(reports: SiteReports, colors: Colors): string {
  const counts = new Map<SiteState, number>();
  for (const { state } of reports.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
  return siteStates
    .filter((state) => counts.has(state))
    .map((state) => stateColor(state, colors)(`${counts.get(state)} ${state}`))
    .join(", ");
}

function worstFirst([, a]: [string, { state: SiteState }], [, b]: [string, { state: SiteState }]): number {
  return urgency.indexOf(a.state) - urgency.indexOf(b.state);
}

/** What somebody can do something about comes first. */
const urgency: readonly SiteState[] = ["drifted", "silent", "stale", "converging", "converged"];

function reportedAge(at: number | undefined, now: number, colors: Colors): string {
  return at === undefined ? "" : colors.dim(` (reported ${formatTime(at)}, ${formatAge(now - at)} ago)`);
}

/** `4 min`, `3 h`, `12 d`: an age to one figure. */
export function formatAge(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2 * 1440 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`;
}

function stateColor(state: SiteState, colors: Colors): (text: string) => string {
  switch (state) {
    case "converged":
      return colors.green;
    case "converging":
      return colors.cyan;
    case "drifted":
      return colors.red;
    case "stale":
    case "silent":
      return colors.yellow;
  }
}
