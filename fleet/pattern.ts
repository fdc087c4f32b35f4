import { createRequire } from "node:module";

// Few fleets have an expression, and the library takes longer to load than the rest of this room.
const library = (): typeof import("re2js") => createRequire(__filename)("re2js") as typeof import("re2js");

/**
 * What is wrong with a regular expression in RE2's syntax, which matches in linear time whatever the text is; undefined
 * if nothing is.
 */
export function patternProblem(pattern: string): string | undefined {
  const { RE2JS, RE2JSException } = library();
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}

/** Whether the expression matches anywhere in the text. @throws if it is no expression. */
export function matchesPattern(pattern: string, text: string): boolean {
  return library().RE2JS.compile(pattern).matcher(text).find();
}
