/**
 * Whether a word is in a list of patterns that are separated by commas: `*` stands for any characters, `?` for one, and
 * a pattern after a `!` excludes what it matches, wherever it is. Source: ssh_config(5), PATTERNS.
 */
export function matchesPatternList(word: string, list: string): boolean {
  let matched = false;
  for (const written of list.split(",")) {
    const negated = written.startsWith("!");
    if (!matchesPattern(word, negated ? written.slice(1) : written)) continue;
    if (negated) return false;
    matched = true;
  }
  return matched;
}

/** In time that grows with the product of both lengths at most: a pattern is input from outside. */
function matchesPattern(word: string, pattern: string): boolean {
  let [at, inPattern] = [0, 0];
  let star = -1;
  let resume = 0;
  while (at < word.length) {
    const expected = pattern[inPattern];
    if (expected === "*") {
      star = inPattern;
      inPattern += 1;
      resume = at;
    } else if (expected !== undefined && (expected === "?" || expected === word[at])) {
      at += 1;
      inPattern += 1;
    } else if (star >= 0) {
      // The last star takes one more.
      resume += 1;
      at = resume;
      inPattern = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(inPattern));
}
