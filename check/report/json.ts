import { ruleNamed } from "../../policy/rules";
import { passes, remarkOf, weightOf, type CheckResult, type PlacedVerdict } from "./result";

/** A check as JSON: findings of the files, then violations, and both counted by rule and by site. */
export function jsonReport(result: CheckResult): object {
  const { day, verdicts, failures, built, sites } = result;
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
    byRule: Object.fromEntries(
      [...new Set(verdicts.map(({ rule }) => rule))].map((rule) => [
        rule,
        counts(verdicts.filter((one) => one.rule === rule)),
      ]),
    ),
    bySite: Object.fromEntries(sites.map((site) => [site, counts(verdicts.filter((one) => one.site === site))])),
  };
}

export interface Counts {
  readonly stops: number;
  readonly advice: number;
  readonly exempt: number;
}

export function counts(verdicts: readonly PlacedVerdict[]): Counts {
  const of = { stops: 0, advice: 0, exempt: 0 };
  for (const verdict of verdicts) of[weightOf(verdict)] += 1;
  return of;
}
