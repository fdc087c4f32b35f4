/**
 * Characters that change how text is shown, or that nobody sees, as the inside of a character class: control characters
 * (C0, DEL, C1), marks and overrides of the direction (Unicode's Bidi_Control), line and paragraph separators, and the
 * byte order mark. In a file they can make a text look like another one, and on a terminal they are commands.
 */
export const unseen =
  "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff";

/** Halves of a character that stand alone are no text: they cannot be written as UTF-8. */
const surrogates = "\\ud800-\\udfff";
const pair = "[\\ud800-\\udbff][\\udc00-\\udfff]";

/** One visible character or space; right with and without the flag `u`. */
export const shownCharacter = `(?:[^${unseen}${surrogates}]|${pair})`;
/** As `shownCharacter`, but no white space. */
export const inkCharacter = `(?:[^\\s${unseen}${surrogates}]|${pair})`;

const unseenCharacter = new RegExp(`[${unseen}]`, "g");

/** Writes characters that nobody sees as `\u202e`, so that a text can stand in a message or on a terminal. */
export function escapeUnseen(text: string): string {
  return text.replace(unseenCharacter, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
