/** Names of members as JSON has them; there are few, and each is written thousands of times. */
const quoted = new Map<string, string>();
const mostQuoted = 10_000;

/**
 * JSON with the keys of every object in order and without values that are undefined, so that equal data has equal
 * text. @throws TypeError for what JSON cannot hold (functions, symbols, big integers, numbers that are not finite).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value === "object") return objectText(value as Readonly<Record<string, unknown>>);
  throw new TypeError(`${typeof value === "number" ? String(value) : typeof value} has no place in JSON`);
}

function objectText(value: Readonly<Record<string, unknown>>): string {
  let text = "{";
  // By code units, as sort has it unless it is told otherwise.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    text += `${text.length === 1 ? "" : ","}${keyText(key)}:${canonicalJson(member)}`;
  }
  return `${text}}`;
}

function keyText(key: string): string {
  const known = quoted.get(key);
  if (known !== undefined) return known;
  const text = JSON.stringify(key);
  // Names of sites are keys too; they must not fill the memory.
  if (quoted.size < mostQuoted) quoted.set(key, text);
  return text;
}
