import junit from "junit-report-builder";
import { escapeUnseen } from "../../fleet/characters";
import { rules } from "../../policy/rules";
import { remarkOf, weightOf, type CheckResult, type PlacedVerdict } from "./result";

/**
 * A check as JUnit's XML: a suite for each rule, a case for each site; advice and exemptions are skipped cases with their
 * reason. What is about no single site is a case of the fleet.
 */
export function junitReport(result: CheckResult): string {
  const builder = junit.newBuilder();
  const files = builder.testSuite().name("files");
  const fileCase = files.testCase().className("files").name(result.fleet);
  const errors = result.findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) {
    fileCase.failure(
      clean(errors.map(({ code, file, line, message }) => `${file}:${line} ${code}: ${message}`).join("\n")),
    );
  }
  const built = builder.testSuite().name("site-built");
  for (const site of result.sites) {
    const one = built.testCase().className("site-built").name(site);
    const failure = result.failures.find((failed) => failed.site === site);
    if (failure !== undefined) one.error(clean(failure.message));
  }
  for (const rule of rules) {
    const suite = builder.testSuite().name(rule.name);
    const own = result.verdicts.filter((verdict) => verdict.rule === rule.name);
    const names = [
      ...(rule.scope === "fleet" || own.some(({ site }) => site === undefined) ? [undefined] : []),
      ...result.sites,
    ];
    for (const site of names) {
      const verdicts = own.filter((verdict) => verdict.site === site);
      const one = suite
        .testCase()
        .className(rule.name)
        .name(site ?? result.fleet);
      const broken = verdicts.filter((verdict) => weightOf(verdict) === "stops");
      if (broken.length > 0) {
        const place = (broken[0] as PlacedVerdict).place;
        one.file(place.file).failure(clean(broken.map(line).join("\n")), "error");
      } else if (verdicts.length > 0) {
        one.skipped();
        one.standardOutput(clean(verdicts.map(line).join("\n")));
      }
    }
  }
  return builder.build();
}

function line(verdict: PlacedVerdict): string {
  const { violation, place } = verdict;
  const remark = remarkOf(verdict);
  return `${place.file}:${place.line} ${violation.message}${remark === undefined ? "" : ` (${remark})`}`;
}

/** XML has no place for most control characters, and what violations quote comes from anywhere. */
function clean(text: string): string {
  return text.split("\n").map(escapeUnseen).join("\n");
}
