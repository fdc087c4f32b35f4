/** What other programs and servers say may be long; nobody reads more. */
const longest = 600;

/**
 * Makes what a server or its Git said fit to be shown: one kind of space, no control characters, which could move a
 * terminal's cursor, nothing that looks like a login in an address, and not without an end.
 */
export function plainText(said: string): string {
  const clean = said
    .replace(/\/\/[^\s/@]+@/g, "//***@")
    .replace(
      /\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      "",
    )
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest)}...` : clean;
}
