import type { Path } from "./problem";

/**
 * Reads a path as `pathText` writes it: `spec.nodes[0].address`, and keys with other characters in quotes,
 * `metadata.labels."a.b"`.
 * @returns undefined if it is none
 */
export function parsePath(text: string): Path | undefined {
  const step = /(?:(^|\.)([\w-]+)|(^|\.)"((?:[^"\\]|\\.)+)"|\[(\d{1,9})\])/y;
  const path: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    step.lastIndex = at;
    const found = step.exec(text);
    if (found === null) return undefined;
    if (found[5] !== undefined) path.push(Number(found[5]));
    else if (found[2] !== undefined) path.push(found[2]);
    else path.push(JSON.parse(`"${found[4] ?? ""}"`) as string);
    at = step.lastIndex;
  }
  return path.length === 0 ? undefined : path;
}
