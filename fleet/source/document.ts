import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, type Node } from "yaml";
import type { SourcePosition } from "../model";
import type { Path } from "../problem";

/** One YAML document of a file: its plain value, and where each part of it is written. */
export interface SourceDocument {
  /** Position of its first content. */
  readonly source: SourcePosition;
  readonly value: unknown;
  /** @returns the line of the value at the path, or of the nearest enclosing value that is there. */
  lineOf(path: Path): number;
  /** @returns a scalar as it is written, without quotes; undefined if there is no scalar at the path. */
  textOf(path: Path): string | undefined;
}

export const yamlOptions = {
  version: "1.2",
  schema: "core",
  merge: false,
  uniqueKeys: true,
  prettyErrors: false,
  logLevel: "error",
} as const;

/**
 * Positions cost a syntax tree of many times the text's size, and few documents need any, so the text is parsed again
 * when one is asked for.
 * @param offset lines of the file before `text`
 */
export function sourceDocument(text: string, offset: number, source: SourcePosition, value: unknown): SourceDocument {
  let tree: { readonly contents: Node | null; readonly lines: LineCounter } | undefined;
  const parsed = () => {
    if (tree === undefined) {
      const lines = new LineCounter();
      tree = { contents: parseDocument(text, { ...yamlOptions, lineCounter: lines }).contents, lines };
    }
    return tree;
  };
  return {
    source,
    value,
    lineOf(path) {
      const { contents, lines } = parsed();
      const at = walk(contents, path).start;
      return at === undefined ? source.line : offset + lines.linePos(at).line;
    },
    textOf(path) {
      const { node, whole } = walk(parsed().contents, path);
      return whole && isScalar(node) ? node.source : undefined;
    },
  };
}

interface Found {
  readonly node: unknown;
  /** Offset of the key or item where the walk ended. */
  readonly start: number | undefined;
  /** The whole path is there. */
  readonly whole: boolean;
}

function walk(root: Node | null, path: Path): Found {
  let node: unknown = root;
  let start = root?.range?.[0];
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined || !isPair(pair)) return { node, start, whole: false };
      start = isNode(pair.key) ? (pair.key.range?.[0] ?? start) : start;
      next = pair.value;
    } else if (isSeq(node) && typeof step === "number" && isNode(node.items[step])) {
      next = node.items[step];
      start = (next as Node).range?.[0] ?? start;
    } else {
      return { node, start, whole: false };
    }
    node = next;
  }
  return { node, start, whole: true };
}
