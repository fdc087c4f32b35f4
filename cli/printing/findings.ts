import type { Finding } from "../../fleet/finding";
import type { Colors } from "../io";

/** Findings by file and line, a paragraph each, then a line that counts them. */
export function formatFindings(findings: readonly Finding[], colors: Colors): string {
  const paragraphs = findings.map((finding) => formatFinding(finding, colors));
  return [...paragraphs, countFindings(findings)].join("\n\n");
}

function formatFinding(finding: Finding, colors: Colors): string {
  const severity = finding.severity === "error" ? colors.red("error") : colors.yellow("warning");
  const at = finding.path === "" ? "" : ` ${finding.path}`;
  return [
    `${colors.bold(`${finding.file}:${finding.line}`)}${at}`,
    `  ${severity} ${finding.code}: ${finding.message}`,
    ...(finding.hint === "" ? [] : [`  ${colors.dim(finding.hint)}`]),
  ].join("\n");
}

export function countFindings(findings: readonly Finding[]): string {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const warnings = findings.length - errors;
  return `${plural(errors, "error")}, ${plural(warnings, "warning")}`;
}

/** `1 site`, `2 sites`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
