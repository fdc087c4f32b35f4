/**
 * Orders versions and release names by their numbers: `2026.9.1` before `2026.11.0`, `v2.9.1` before `v2.31.0`. Parts
 * that are not numbers are compared as text.
 */
export function compareVersions(a: string, b: string): number {
  const left = partsOf(a);
  const right = partsOf(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const order = compareParts(left[index] ?? "", right[index] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

const partsOf = (version: string): string[] => version.replace(/^v(?=\d)/, "").split(/[.-]/);

function compareParts(a: string, b: string): number {
  if (/^\d+$/.test(a) && /^\d+$/.test(b) && Number(a) !== Number(b)) return Number(a) - Number(b);
  return a < b ? -1 : a > b ? 1 : 0;
}
