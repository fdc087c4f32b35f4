import type { SiteDrift } from "../../rollout/driftOfFleet";
import type { DriftEntry, DriftResult } from "../../rollout/stackRunner";
import type { Colors } from "../io";
import { plural } from "./findings";
import { formatSeconds } from "./outcome";

/** How much of one site, and of a list of names, is shown before the rest is counted. */
const [mostEntries, mostPaths, mostNames] = [5, 4, 12];

const statuses = ["drifted", "failed", "busy", "unreachable", "cancelled", "not-made", "same"] as const;

/** Words that stand for a status after a number of sites. */
const words: Readonly<Record<SiteDrift["status"], string>> = {
  drifted: "drifted",
  failed: "failed",
  busy: "busy",
  unreachable: "unreachable",
  cancelled: "not compared",
  "not-made": "not made yet",
  same: "without drift",
};

/** `drifted (3 resources)`, `without drift`. */
export function driftWord(result: SiteDrift, colors: Colors): string {
  const { status } = result;
  if (result.status === "drifted") return colors.red(`drifted (${differing(result.drift)})`);
  return status === "same"
    ? colors.green(words.same)
    : (status === "failed" ? colors.red : colors.yellow)(words[status]);
}

/** Each site that differs with what does, the others by name, then the totals. */
export function formatDrift(results: readonly SiteDrift[], seconds: number, colors: Colors): string {
  const told = results.flatMap((result) => (result.status === "drifted" ? [formatSite(result, colors)] : []));
  const reasons = results.flatMap((result) =>
    "reason" in result && result.status !== "not-made"
      ? [`${colors.bold(result.site)} ${driftWord(result, colors)}: ${result.reason}`]
      : [],
  );
  const notes = results.flatMap((result) =>
    result.status === "same" ? result.drift.notes.map((note) => colors.dim(`${result.site}: ${note}`)) : [],
  );
  const unmade = results.filter(({ status }) => status === "not-made").map(({ site }) => site);
  return [
    ...told,
    ...(reasons.length === 0 ? [] : [reasons.join("\n")]),
    ...(notes.length === 0 ? [] : [cut(notes, mostNames).join("\n")]),
    ...(unmade.length === 0 ? [] : [`not made yet: ${cut(unmade, mostNames).join(", ")}`]),
    `${plural(results.length, "site")} in ${formatSeconds(seconds)}: ${totals(results)}`,
  ].join("\n\n");
}

function formatSite(result: Extract<SiteDrift, { readonly drift: DriftResult }>, colors: Colors): string {
  const { site, release, drift } = result;
  const left = drift.entries.length - mostEntries + drift.more;
  return [
    `${colors.bold(site)} ${driftWord(result, colors)} from release ${release ?? ""}`,
    ...drift.entries.slice(0, mostEntries).map((entry) => `  ${formatEntry(entry, colors)}`),
    ...(left > 0 ? [`  and ${left} more; --json has up to 50`] : []),
    ...drift.notes.map((note) => colors.dim(`  ${note}`)),
  ].join("\n");
}

const found: Readonly<Record<DriftEntry["found"], string>> = {
  refresh: "there",
  preview: "in the state",
  files: "in the files",
};

/** `update in the files: file manifests/a.yaml`. */
function formatEntry({ found: where, op, type, name, paths }: DriftEntry, colors: Colors): string {
  const changed = paths.length === 0 ? "" : ` ${colors.dim(`(${cut(paths, mostPaths).join(", ")})`)}`;
  return `${op} ${found[where]}: ${type} ${name}${changed}`;
}

function differing({ entries, more }: DriftResult): string {
  const files = entries.filter((entry) => entry.found === "files").length;
  const resources = entries.length - files;
  const counted = [
    ...(resources > 0 ? [plural(resources, "resource")] : []),
    ...(files > 0 ? [plural(files, "file")] : []),
    ...(more > 0 ? [`${more} more`] : []),
  ];
  return counted.join(", ");
}

function totals(results: readonly SiteDrift[]): string {
  return statuses
    .map((status) => [status, results.filter((result) => result.status === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${count} ${words[status]}`)
    .join(", ");
}

function cut(items: readonly string[], most: number): string[] {
  return items.length <= most ? [...items] : [...items.slice(0, most), `and ${items.length - most} more`];
}

/** What is not there is null. */
export function driftJson(fleet: string, results: readonly SiteDrift[], seconds: number) {
  return {
    fleet,
    seconds,
    totals: Object.fromEntries(
      statuses.map((status) => [status, results.filter((result) => result.status === status).length]),
    ),
    sites: results.map((result) => ({
      site: result.site,
      release: result.release ?? null,
      status: result.status,
      reason: "reason" in result ? result.reason : null,
      drift: "drift" in result ? result.drift : null,
    })),
  };
}
