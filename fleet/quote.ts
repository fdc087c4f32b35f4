const longest = 80;

/** A value as it may stand in a message: on one line, in quotes if it is text, cut if it is long. */
export function quote(value: unknown): string {
  if (value === undefined) return "nothing";
  const written = JSON.stringify(value) ?? String(value);
  const safe = written.replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "?");
  return safe.length > longest ? `${safe.slice(0, longest)}...` : safe;
}

/** `a, b and 3 more`; nothing is left out in silence. */
export function listOf(names: readonly string[], most = 8): string {
  if (names.length <= most + 1) return names.join(", ");
  return `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}
