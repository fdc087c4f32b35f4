import { ruleNamed } from "../../policy/rules";
import { countsBy } from "./json";
import { adviceKinds, alike, fewOf, sitesOf, together, withoutSite, type AdviceKind } from "./kinds";
import { remarkOf, weightOf, type CheckResult, type PlacedVerdict, type Weight } from "./result";

/** How words are marked for people: colours, or nothing. */
export interface Marks {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export interface TextOptions {
  /** Tells each piece of advice; else what one thing would mend is one line. */
  readonly eachAdvice?: boolean;
}

/**
 * What the rules have found, by rule and then by site. Violations that differ in nothing but their site are told once.
 * @returns empty for a fleet that has none.
 */
export function textReport(result: CheckResult, marks: Marks, { eachAdvice = false }: TextOptions = {}): string {
  const rules = [...new Set(result.verdicts.map(({ rule }) => rule))];
  const parts = rules.map((rule) => {
    const own = result.verdicts.filter((verdict) => verdict.rule === rule);
    return ruleText(rule, own, marks, eachAdvice);
  });
  const failures = result.failures.map(
    ({ site, message }) => `${marks.bold(site)}\n  ${marks.red("error")} it could not be built: ${message}`,
  );
  const sites = siteLines(result, marks);
  return [...failures, ...parts, ...(sites === "" ? [] : [sites])].join("\n\n");
}

function ruleText(rule: string, verdicts: readonly PlacedVerdict[], marks: Marks, eachAdvice: boolean): string {
  const full = eachAdvice ? verdicts : verdicts.filter((verdict) => weightOf(verdict) !== "advice");
  const lines = [
    ...alike(full).map((group) => groupText(group, marks)),
    ...(eachAdvice ? [] : adviceKinds(verdicts).map((kind) => kindText(kind, marks))),
  ];
  const fix = ruleNamed(rule)?.fix;
  return [marks.bold(rule), ...lines, ...(fix === undefined ? [] : [`  ${marks.dim(fix)}`])].join("\n");
}

/** Resources that are named with a kind of advice. */
const namedResources = 2;

function kindText({ verdicts }: AdviceKind, marks: Marks): string {
  if (alike(verdicts).length === 1) return groupText(verdicts, marks);
  const [first] = verdicts;
  const resources = [...new Set(verdicts.map((verdict) => withoutSite(verdict, verdict.violation.resource)))];
  const sites = sitesOf(verdicts);
  const who = `${fewOf(resources, namedResources)}${sites === undefined ? "" : `, at ${sites}`}`;
  const remark = remarkOf(first);
  return [
    `  ${marks.yellow("advice")} ${first.violation.limit}`,
    `    ${marks.dim(who)}`,
    ...(remark === undefined ? [] : [`    ${marks.dim(remark)}`]),
  ].join("\n");
}

function groupText(group: readonly [PlacedVerdict, ...PlacedVerdict[]], marks: Marks): string {
  const [first] = group;
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

/** Places that are named of many. */
const namedPlaces = 6;

/** Each place once, with the sites that have it: what all sites share is written in one place. */
function placesOf(group: readonly PlacedVerdict[]): readonly string[] {
  const byPlace = together(group, ({ place }) => [`${place.file}:${place.line}`]);
  const shown = byPlace.slice(0, namedPlaces).map((there) => {
    const { file, line } = there[0].place;
    const names = [...new Set(there.flatMap(({ site }) => site ?? []))];
    return names.length === 0 ? `${file}:${line}` : `${file}:${line} (${fewOf(names)})`;
  });
  return byPlace.length > namedPlaces ? [...shown, `and ${byPlace.length - namedPlaces} more`] : shown;
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
