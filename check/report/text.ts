import { ruleNamed } from "../../policy/rules";
import { countsBy } from "./json";
import { remarkOf, weightOf, type CheckResult, type PlacedVerdict, type Weight } from "./result";

/** How words are marked for people: colours, or nothing. */
export interface Marks {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** Sites that are named with what they share; the others are counted. */
const namedSites = 6;

/**
 * What the rules have found, by rule and then by site. Violations that differ in nothing but their site are told once.
 * @returns empty for a fleet that has none.
 */
export function textReport(result: CheckResult, marks: Marks): string {
  const rules = [...new Set(result.verdicts.map(({ rule }) => rule))];
  const parts = rules.map((rule) =>
    ruleText(
      rule,
      result.verdicts.filter((verdict) => verdict.rule === rule),
      marks,
    ),
  );
  const failures = result.failures.map(
    ({ site, message }) => `${marks.bold(site)}\n  ${marks.red("error")} it could not be built: ${message}`,
  );
  const sites = siteLines(result, marks);
  return [...failures, ...parts, ...(sites === "" ? [] : [sites])].join("\n\n");
}

function ruleText(rule: string, verdicts: readonly PlacedVerdict[], marks: Marks): string {
  const groups = new Map<string, PlacedVerdict[]>();
  for (const verdict of verdicts) {
    const key = JSON.stringify([alike(verdict), weightOf(verdict), remarkOf(verdict) ?? ""]);
    groups.set(key, [...(groups.get(key) ?? []), verdict]);
  }
  const lines = [...groups.values()].map((group) => groupText(group, marks));
  const fix = ruleNamed(rule)?.fix;
  return [marks.bold(rule), ...lines, ...(fix === undefined ? [] : [`  ${marks.dim(fix)}`])].join("\n");
}

/** A message without the site's own name in it. */
function alike({ site, violation }: PlacedVerdict): string {
  return site === undefined ? violation.message : violation.message.replaceAll(site, "SITE");
}

function groupText(group: readonly PlacedVerdict[], marks: Marks): string {
  const first = group[0] as PlacedVerdict;
  const words: Readonly<Record<Weight, string>> = {
    stops: marks.red("error"),
    advice: marks.yellow("advice"),
    exempt: marks.dim("exempt"),
  };
  const remark = remarkOf(first);
  return [
    `  ${words[weightOf(first)]} ${first.violation.message}`,
    ...placesOf(group).map((place) => `    ${marks.dim(place)}`),
    ...(remark === undefined ? [] : [`    ${marks.dim(remark)}`]),
  ].join("\n");
}

/** Each place once, with the sites that have it: what all sites share is written in one place. */
function placesOf(group: readonly PlacedVerdict[]): readonly string[] {
  const byPlace = new Map<string, Set<string>>();
  for (const { site, place } of group) {
    const at = `${place.file}:${place.line}`;
    byPlace.set(at, (byPlace.get(at) ?? new Set()).add(site ?? ""));
  }
  const shown = [...byPlace].slice(0, namedSites).map(([at, sites]) => {
    const names = [...sites].filter((name) => name !== "");
    const more = names.length > namedSites ? ` and ${names.length - namedSites} more` : "";
    return names.length === 0 ? at : `${at} (${names.slice(0, namedSites).join(", ")}${more})`;
  });
  return byPlace.size > namedSites ? [...shown, `and ${byPlace.size - namedSites} more`] : shown;
}

function siteLines({ sites, verdicts }: CheckResult, marks: Marks): string {
  const ofSites = countsBy(verdicts, ({ site }) => site);
  const rows = sites.flatMap((site) => {
    const counts = ofSites.get(site);
    return counts !== undefined && counts.stops > 0 ? [{ site, ...counts }] : [];
  });
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(({ site }) => site.length));
  const lines = rows.map(
    ({ site, stops, advice, exempt }) =>
      `  ${site.padEnd(width)}  ${stops} ${stops === 1 ? "error" : "errors"}, ${advice} advice, ${exempt} exempt`,
  );
  return [marks.bold("Sites that break a rule"), ...lines].join("\n");
}
