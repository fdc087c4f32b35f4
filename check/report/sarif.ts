import { createHash } from "node:crypto";
import type { Log, ReportingDescriptor, Result } from "sarif";
import { codes } from "../../fleet/codes";
import type { Finding } from "../../fleet/finding";
import type { SourcePosition } from "../../fleet/model";
import { rules } from "../../policy/rules";
import { alike, sitesOf, together } from "./kinds";
import { remarkOf, weightOf, type CheckResult, type PlacedVerdict } from "./result";

/**
 * A check as SARIF 2.1.0 (OASIS), for code scanning: each violation at the line of the fleet's files that its value comes
 * from.
 * @param prefix of file names, such as `fleets/harbours/`: paths are relative to the repository that is scanned.
 */
export function sarifReport(result: CheckResult, version: string, prefix: string): Log {
  const used = new Set(result.findings.map(({ code }) => code));
  const drivers: ReportingDescriptor[] = [
    ...rules.map(({ name, description, why, fix, area, level }) => ({
      id: name,
      shortDescription: { text: description },
      fullDescription: { text: `${description} ${why}` },
      help: { text: fix },
      defaultConfiguration: { level: level === "mandatory" ? ("error" as const) : ("warning" as const) },
      properties: { tags: [area] },
    })),
    ...Object.entries(codes)
      .filter(([code]) => used.has(code))
      .map(([code, { title, why, fix, severity }]) => ({
        id: code,
        shortDescription: { text: `${title}.` },
        fullDescription: { text: why },
        help: { text: fix },
        defaultConfiguration: { level: severity },
      })),
    notBuilt,
  ];
  const index = new Map(drivers.map(({ id }, at) => [id, at]));
  const results: Result[] = [
    ...result.findings.map((finding) => ofFinding(finding, prefix)),
    ...result.verdicts.filter((verdict) => weightOf(verdict) !== "advice").map((verdict) => ofVerdict(verdict, prefix)),
    ...ofAdvice(result.verdicts, prefix),
    ...result.failures.map(({ site, message }) => ({
      ruleId: notBuilt.id,
      level: "error" as const,
      message: { text: `${site}: ${message}` },
      locations: [located({ file: "fleet.yaml", line: 1 }, prefix)],
      partialFingerprints: { "edgewave/v1": fingerprint(notBuilt.id, site) },
    })),
  ];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "edgewave", semanticVersion: version, rules: drivers } },
        automationDetails: { id: `edgewave/${result.fleet}/` },
        columnKind: "utf16CodeUnits",
        results: results.map((one) => ({ ...one, ruleIndex: index.get(one.ruleId ?? "") ?? -1 })),
      },
    ],
  };
}

const notBuilt = {
  id: "site-built",
  shortDescription: { text: "A site can be built." },
  fullDescription: { text: "A site that cannot be built cannot be judged." },
  help: { text: "Correct what the message names." },
  defaultConfiguration: { level: "error" as const },
};

function ofFinding({ code, severity, file, line, path, message, hint }: Finding, prefix: string): Result {
  return {
    ruleId: code,
    level: severity,
    message: { text: hint === "" ? message : `${message}. ${hint}` },
    locations: [located({ file, line }, prefix, path)],
    partialFingerprints: { "edgewave/v1": fingerprint(code, file, path, message) },
  };
}

function ofVerdict(verdict: PlacedVerdict, prefix: string): Result {
  const { rule, site, level, violation, exemption, place } = verdict;
  const remark = remarkOf(verdict);
  const said = `${site === undefined ? "" : `${site}: `}${violation.message}${remark === undefined ? "" : ` (${remark})`}`;
  return {
    ruleId: rule,
    level: level === "mandatory" ? "error" : "warning",
    kind: "fail",
    message: { text: said },
    locations: [
      located(
        place,
        prefix,
        [site, violation.resource, violation.field].filter((part) => part !== undefined).join(" "),
      ),
    ],
    partialFingerprints: { "edgewave/v1": fingerprint(rule, site ?? "", violation.resource, violation.field) },
    ...(weightOf(verdict) === "exempt" && exemption !== undefined
      ? {
          suppressions: [
            { kind: "external" as const, status: "accepted" as const, justification: remark ?? exemption.reason },
          ],
        }
      : {}),
  };
}

/**
 * Advice is one result for all sites that share its line: code scanning shows some thousands of a run, and what every site
 * has alike would push out what is wrong at one.
 */
function ofAdvice(verdicts: readonly PlacedVerdict[], prefix: string): readonly Result[] {
  const advice = verdicts.filter((verdict) => weightOf(verdict) === "advice");
  return alike(advice)
    .flatMap((group) => together(group, ({ place }) => [place.file, String(place.line)]))
    .map((group) => {
      const [first] = group;
      const { rule, violation, place } = first;
      const [remark, sites] = [remarkOf(first), sitesOf(group)];
      const said = `${sites === undefined ? "" : `${sites}: `}${violation.message}${remark === undefined ? "" : ` (${remark})`}`;
      return {
        ruleId: rule,
        level: "warning" as const,
        kind: "fail" as const,
        message: { text: said },
        locations: [located(place, prefix, `${violation.resource} ${violation.field}`)],
        partialFingerprints: {
          "edgewave/v1": fingerprint(rule, place.file, violation.resource, violation.field, violation.value),
        },
        properties: { sites: group.flatMap(({ site }) => site ?? []) },
      };
    });
}

function located({ file, line }: SourcePosition, prefix: string, name?: string) {
  return {
    physicalLocation: {
      artifactLocation: { uri: `${prefix}${file}`.split("/").map(encodeURIComponent).join("/") },
      region: { startLine: Math.max(1, line) },
    },
    ...(name === undefined || name === "" ? {} : { logicalLocations: [{ fullyQualifiedName: name }] }),
  };
}

/** The same for one violation in every run, whatever line its value has moved to. */
function fingerprint(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}
