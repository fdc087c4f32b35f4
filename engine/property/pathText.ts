import type { PropertyPath } from "./path";

/**
 * Writes a path as the official engine does in detailed diffs: `spec.containers[0].image`, and with brackets and quotes
 * around a key that holds a dot, a bracket or a quote, as in `data["app.ini"]`.
 */
export function formatPath(path: PropertyPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/[."[\]]/.test(step)) text += `["${step.replaceAll('"', '\\"')}"]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
