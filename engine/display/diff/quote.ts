const ESCAPES: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/** A text in quotes as Go's `%q` writes it: what cannot be seen is escaped. */
export function quote(text: string): string {
  return `"${escaped(text)}"`;
}

/** What stands between the quotes of `quote`. */
export function escaped(text: string): string {
  return [...text].map(escapedCharacter).join("");
}

function escapedCharacter(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) {
    return known;
  }
  const code = character.codePointAt(0) as number;
  if (code < 0x80) {
    return code >= 0x20 && code !== 0x7f ? character : `\\x${code.toString(16).padStart(2, "0")}`;
  }
  // Go shows letters, marks, numbers, punctuation and symbols.
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character)) {
    return character;
  }
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

/** A number as Go writes it for people: whole ones in full, others as `%g`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  }
  if (Number.isInteger(value)) {
    return Object.is(value, -0) ? "-0" : BigInt(value).toString();
  }
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) {
    return String(value);
  }
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
