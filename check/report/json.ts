import { ruleNamed } from "../../policy/rules";
import { passes, remarkOf, weightOf, type CheckResult, type PlacedVerdict } from "./result";

/** A check as JSON: findings of the files, then violations, and both counted by rule and by site. */
export function jsonReport(result: CheckResult): object {
  const { day, verdicts, failures, built, sites } = result;
  const ofSites = countsBy(verdicts, ({ site }) => site);
  return {
    ok: passes(result),
    day,
    built,
    violations: verdicts.map((verdict) => ({
      rule: verdict.rule,
      site: verdict.site,
      level: verdict.level,
      exempt: verdict.exemption !== undefined,
      resource: verdict.violation.resource,
      field: verdict.violation.field,
      value: verdict.violation.value,
      limit: verdict.violation.limit,
      message: verdict.violation.message,
      fix: ruleNamed(verdict.rule)?.fix,
      remark: remarkOf(verdict),
      file: verdict.place.file,
      line: verdict.place.line,
    })),
    failures,
    byRule: Object.fromEntries(countsBy(verdicts, ({ rule }) => rule)),
    bySite: Object.fromEntries(sites.map((site) => [site, ofSites.get(site) ?? none])),
  };
}

export interface Counts {
  readonly stops: number;
  readonly advice: number;
  readonly exempt: number;
}

const none: Counts = { stops: 0, advice: 0, exempt: 0 };

/** Counts verdicts by what they share, in the order of its first; what shares nothing is left out. */
export function countsBy(
  verdicts: readonly PlacedVerdict[],
  keyOf: (verdict: PlacedVerdict) => string | undefined,
): ReadonlyMap<string, Counts> {
  const counted = new Map<string, { stops: number; advice: number; exempt: number }>();
  for (const verdict of verdicts) {
    const key = keyOf(verdict);
    if (key === undefined) continue;
    const counts = counted.get(key) ?? { ...none };
    counts[weightOf(verdict)] += 1;
    counted.set(key, counts);
  }
  return counted;
}
