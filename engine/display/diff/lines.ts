import { diffArrays } from "diff";

/** Lines in a row that came, went or stayed. */
export interface LineRun {
  readonly kind: "add" | "delete" | "same";
  readonly lines: readonly string[];
}

/** Lines of unchanged text that are shown beside a change. */
const CONTEXT = 2;

/**
 * The lines of two texts as they differ, with little of what is the same.
 *
 * Source: `printLineDiff` of `pkg/backend/display/object_diff.go`. Blank lines are left out, and `...` stands for lines
 * that are the same and away from any change.
 */
export function lineRuns(old: string, now: string): LineRun[] {
  const parts = diffArrays(linesOf(old), linesOf(now));
  return parts.map(({ added, removed, value }, at) => {
    const lines = value.map((line) => line.replace(/\n$/, "")).filter((line) => line.trim() !== "");
    if (added || removed) {
      return { kind: added ? "add" : "delete", lines };
    }
    return { kind: "same", lines: shortened(lines, at === 0, at === parts.length - 1) };
  });
}

/** With their ends, so that a last line without one is another line. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function shortened(lines: readonly string[], first: boolean, last: boolean): readonly string[] {
  const most = first || last ? CONTEXT + 1 : 2 * CONTEXT + 1;
  if (lines.length <= most) {
    return lines;
  }
  const head = first ? [] : lines.slice(0, CONTEXT);
  const tail = last && !first ? [] : lines.slice(lines.length - CONTEXT);
  return [...head, "...", ...tail];
}
