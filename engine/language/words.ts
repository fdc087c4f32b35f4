import { EngineError } from "../errors";

/** Splits a command line into words as a shell does, with quotes and backslashes and nothing else. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (quote !== "") {
      if (character === quote) {
        quote = "";
      } else if (character === "\\" && quote === '"' && i + 1 < line.length) {
        word += line[++i] as string;
      } else {
        word += character;
      }
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (character === "\\" && i + 1 < line.length) {
      word = (word ?? "") + (line[++i] as string);
    } else if (/\s/.test(character)) {
      if (word !== undefined) {
        words.push(word);
      }
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") {
    throw new EngineError(`the quote ${quote} in '${line}' is not closed`);
  }
  return word === undefined ? words : [...words, word];
}
