import { escapeUnseen } from "./characters";
import type { FindingCode } from "./codes";
import { codes } from "./codes";
import type { Finding } from "./finding";
import type { SourcePosition } from "./model";

/** Steps from a document's root to a value. */
export type Path = readonly (string | number)[];

/** What a check found, before it is known on which line that is written. */
export interface Problem {
  readonly code: FindingCode;
  /** The document that it is about. */
  readonly source: SourcePosition;
  readonly path: Path;
  readonly message: string;
  /** The code's own fix unless given. */
  readonly hint?: string;
}

/** @param line where the value is written, from 1 */
export function toFinding(problem: Problem, line: number): Finding {
  const { severity, fix } = codes[problem.code];
  return {
    code: problem.code,
    severity,
    // Names of files and what the parser quotes come from the fleet's folder as they are.
    file: escapeUnseen(problem.source.file),
    line,
    path: pathText(problem.path),
    message: escapeUnseen(problem.message),
    hint: escapeUnseen(problem.hint ?? fix),
  };
}

/** `spec.nodes[0].address`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const key = /^[\w-]+$/.test(step) ? step : escapeUnseen(JSON.stringify(step)).slice(0, 80);
    return text === "" ? key : `${text}.${key}`;
  }, "");
}

/** By file, line, path and code, so that the order of reading does not matter. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    compareText(a.path, b.path) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

/** By code units: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
