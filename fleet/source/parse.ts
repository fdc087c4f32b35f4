import { isAlias, isScalar, LineCounter, parseDocument, visit, type Document, type YAMLError } from "yaml";
import type { Problem } from "../problem";
import { quote } from "../quote";
import { sourceDocument, yamlOptions, type SourceDocument } from "./document";

/** A problem whose line is known already. */
export interface PlacedProblem extends Problem {
  readonly line: number;
}

export interface ParsedFile {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly PlacedProblem[];
}

/** Aliases of one document may expand to this many nodes each; people write a handful. */
const maxAliasCount = 100;
/** Syntax errors reported for one document: later ones are mostly consequences of the first. */
const mostSyntaxErrors = 10;

/** Parses a file of one or many YAML documents. A document with syntax errors has no value and is left out. */
export function parseFile(file: string, text: string): ParsedFile {
  const documents: SourceDocument[] = [];
  const problems: PlacedProblem[] = [];
  for (const part of splitDocuments(text)) {
    const parsed = parsePart(file, part);
    if (Array.isArray(parsed)) problems.push(...parsed);
    else if (parsed !== undefined) documents.push(parsed);
  }
  return { documents, problems };
}

interface Part {
  readonly text: string;
  /** Lines of the file before it. */
  readonly offset: number;
}

/**
 * Cuts at lines that begin with `---`, which YAML reserves for this even inside quoted and block text (1.2.2, section
 * 9.1.2). Parsing the parts one by one keeps a single syntax tree in memory.
 */
function splitDocuments(text: string): Part[] {
  const parts: Part[] = [];
  let offset = 0;
  let start = 0;
  const marker = /^---(?=[ \t\r\n]|$)/gm;
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    const before = text.slice(start, match.index);
    if (start === match.index || isDirectives(before)) continue;
    parts.push({ text: before, offset });
    offset += countLines(before);
    start = match.index;
  }
  parts.push({ text: text.slice(start), offset });
  return parts;
}

/** Directives (`%YAML 1.2`) belong to the document that follows them. */
function isDirectives(text: string): boolean {
  if (text.length > 1000 || !text.includes("%")) return false;
  return text.split("\n").every((line) => /^(?:%|#|\s*$)/.test(line));
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

function parsePart(file: string, { text, offset }: Part): SourceDocument | PlacedProblem[] | undefined {
  const lines = new LineCounter();
  const place = (at: number) => offset + lines.linePos(at).line;
  const problem = (code: Problem["code"], line: number, message: string): PlacedProblem => ({
    code,
    source: { file, line },
    path: [],
    message,
    line,
  });
  try {
    const tree = parseDocument(text, { ...yamlOptions, lineCounter: lines });
    if (tree.errors.length > 0) {
      return tree.errors.slice(0, mostSyntaxErrors).map((error) => syntaxProblem(error, text, problem, place));
    }
    if (tree.warnings.length > 0) {
      return tree.warnings
        .slice(0, mostSyntaxErrors)
        .map((warning) => problem("EDGE-YAML-005", place(warning.pos[0]), warning.message));
    }
    if (tree.contents === null || (isScalar(tree.contents) && tree.contents.value === null)) return undefined;
    const unsafe: PlacedProblem[] = [];
    if (text.includes("__proto__")) {
      visit(tree, {
        Scalar(key, node) {
          if (key !== "key" || node.value !== "__proto__") return;
          unsafe.push(problem("EDGE-KEY-001", place(node.range?.[0] ?? 0), 'unknown key "__proto__"'));
        },
      });
    }
    if (unsafe.length > 0) return unsafe;
    const unknown = text.includes("*") ? unknownAliases(tree) : [];
    if (unknown.length > 0) {
      return unknown.slice(0, mostSyntaxErrors).map(({ name, at }) => {
        return problem("EDGE-YAML-001", place(at), `the alias ${quote(name)} has no anchor before it`);
      });
    }
    const value: unknown = tree.toJS({ maxAliasCount });
    const line = place(tree.contents.range?.[0] ?? 0);
    return sourceDocument(text, offset, { file, line }, value);
  } catch (error) {
    // The library throws for what it gives up on: aliases that expand too far, and nesting deeper than the stack.
    const line = offset + 1;
    if (error instanceof ReferenceError) {
      return [problem("EDGE-YAML-003", line, `aliases expand to more than ${maxAliasCount} times their source`)];
    }
    if (error instanceof RangeError) return [problem("EDGE-YAML-001", line, "the document is nested too deeply")];
    return [problem("EDGE-YAML-001", line, `the document cannot be read: ${quote((error as Error).message)}`)];
  }
}

function unknownAliases(tree: Document): { readonly name: string; readonly at: number }[] {
  const anchors = new Set<string>();
  const unknown: { readonly name: string; readonly at: number }[] = [];
  visit(tree, {
    Node(_key, node) {
      if (isAlias(node)) {
        if (!anchors.has(node.source)) unknown.push({ name: node.source, at: node.range?.[0] ?? 0 });
      } else if (node.anchor !== undefined) anchors.add(node.anchor);
    },
  });
  return unknown;
}

function syntaxProblem(
  error: YAMLError,
  text: string,
  problem: (code: Problem["code"], line: number, message: string) => PlacedProblem,
  place: (at: number) => number,
): PlacedProblem {
  const line = place(Math.min(error.pos[0], text.length));
  if (error.code === "DUPLICATE_KEY") {
    const key = /^[^\s:]*/.exec(text.slice(error.pos[0], error.pos[0] + 80))?.[0] ?? "";
    return problem("EDGE-YAML-002", line, `the key ${quote(key)} is already there`);
  }
  return problem("EDGE-YAML-001", line, error.message.split("\n")[0] ?? error.message);
}
