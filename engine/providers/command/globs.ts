import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { define } from "../../property/shape";
import { AssetOrArchive } from "../../property/value";
import type { PropertyMap } from "../../property/value";
import { ProviderError } from "../failure";

/**
 * Collects the files below a folder that patterns name, as assets by their path in it. A later pattern decides over an
 * earlier one, and one that begins with `!` takes files out again.
 *
 * @param directory absolute folder that the command ran in.
 * @param shown the folder as the assets' paths begin with it.
 * @throws ProviderError for a pattern that cannot be read.
 */
export async function globAssets(directory: string, shown: string, patterns: readonly string[]): Promise<PropertyMap> {
  const globs = patterns.map((pattern) => ({
    excludes: pattern.startsWith("!"),
    expression: globExpression(pattern.replace(/^!/, "")),
  }));
  const found: Record<string, AssetOrArchive> = {};
  for (const file of await filesBelow(directory)) {
    const last = globs.findLast(({ expression }) => expression.test(file));
    if (last === undefined || last.excludes) continue;
    const content = await readFile(path.join(directory, file));
    const hash = createHash("sha256").update(content).digest("hex");
    define(found, file, new AssetOrArchive("asset", hash, { path: path.join(shown, file) }));
  }
  return found;
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
    .sort();
}

/**
 * A pattern as a regular expression: `*` and `?` stay within a folder, `**` does not, `[a-z]` and `[!a-z]` are one
 * character, `{a,b}` is one of several, a backslash takes what follows as it is. Source: github.com/gobwas/glob with
 * `/` as separator.
 */
export function globExpression(pattern: string): RegExp {
  let depth = 0;
  let text = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === "*") {
      const wide = pattern[at + 1] === "*";
      if (wide) at += 1;
      text += wide ? "[^]*" : "[^/]*";
    } else if (character === "?") text += "[^/]";
    else if (character === "\\") text += literal(pattern[(at += 1)] ?? "\\");
    else if (character === "[") {
      const [whole = "", not = "", inside = ""] = /^\[(!?)([^\]]+)\]/.exec(pattern.slice(at)) ?? [];
      if (whole === "") throw unreadable(pattern, "a [ is not closed");
      text += `[${not === "" ? "" : "^"}${inside.replace(/[\\^[]/g, "\\$&")}]`;
      at += whole.length - 1;
    } else if (character === "{") {
      depth += 1;
      text += "(?:";
    } else if (character === "}" && depth > 0) {
      depth -= 1;
      text += ")";
    } else if (character === "," && depth > 0) text += "|";
    else text += literal(character);
  }
  if (depth > 0) throw unreadable(pattern, "a { is not closed");
  return new RegExp(`^${text}$`, "u");
}

function literal(character: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function unreadable(pattern: string, why: string): ProviderError {
  return new ProviderError(
    "EDGE-COMMAND-009",
    `the path pattern ${JSON.stringify(pattern)} cannot be read: ${why}`,
    "Correct it",
  );
}
