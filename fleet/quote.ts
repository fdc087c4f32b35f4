import { escapeUnseen } from "./characters";

const longest = 80;

/**
 * A value as it may stand in a message: on one line, in quotes if it is text, cut if it is long, with characters that
 * nobody sees escaped.
 */
export function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  const written = JSON.stringify(value) ?? String(value);
  const safe = escapeUnseen(written);
  return safe.length > longest ? `${safe.slice(0, longest)}...` : safe;
}

/** `a, b and 3 more`; nothing is left out in silence. */
export function listOf(names: readonly string[], most = 8): string {
  if (names.length <= most + 1) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
