/** The steps from a resource's properties to one value: keys of maps and indexes of arrays. */
export type PropertyPath = readonly (string | number)[];

/**
 * Writes a path as the official engine does in detailed diffs: `spec.containers[0].image`, and with brackets and quotes
 * around a key that holds a dot, a bracket or a quote, as in `data["app.ini"]`.
 */
export function formatPropertyPath(path: PropertyPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/[."[\]]/.test(step)) text += `["${step.replaceAll('"', '\\"')}"]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/**
 * Reads a path such as `spec.containers[0].image` or `data["app.ini"]`. `*` stays a step of its own and stands for any
 * key or index.
 *
 * @throws Error naming the path if a bracket or a quote does not close.
 */
export function parsePropertyPath(text: string): PropertyPath {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== "") {
    const quoted = /^\["((?:[^"\\]|\\.)*)"\]\.?/.exec(rest);
    const index = /^\[(\d+|\*)\]\.?/.exec(rest);
    const key = /^\.?([^.[\]]+)\.?/.exec(rest);
    const found = quoted ?? index ?? key;
    if (!found) throw new Error(`"${text}" is not a property path: cannot read it from "${rest}" on`);
    if (quoted) path.push((quoted[1] ?? "").replaceAll('\\"', '"'));
    else if (index) path.push(index[1] === "*" ? "*" : Number(index[1]));
    else path.push(key?.[1] ?? "");
    rest = rest.slice(found[0].length);
  }
  return path;
}

/** Whether `inner` lies at or below `outer`; `*` in `outer` matches any one step. */
export function pathContains(outer: PropertyPath, inner: PropertyPath): boolean {
  return outer.length <= inner.length && outer.every((step, at) => step === "*" || step === inner[at]);
}
