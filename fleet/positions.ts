import type { SourcePosition } from "./model";
import type { Path } from "./problem";
import type { SourceDocument } from "./source/document";

/** Knows where in a fleet's files a value comes from; it parses a file again only when it is asked for a line of it. */
export interface Positions {
  /** @returns the place of the path, or the nearest one around it that is there; undefined for an unknown document. */
  at(source: SourcePosition, path: Path): SourcePosition | undefined;
  /** @returns the place of the path, or undefined if exactly that is not written. */
  exactly(source: SourcePosition, path: Path): SourcePosition | undefined;
  /** @returns the position of a file's first document. */
  first(file: string): SourcePosition | undefined;
  /** @returns every scalar of a document with its path. */
  scalars(source: SourcePosition): readonly (readonly [path: Path, value: string])[];
}

/** @param documents by `file:line`. */
export function positionsOf(documents: ReadonlyMap<string, SourceDocument>): Positions {
  const documentOf = ({ file, line }: SourcePosition) => documents.get(`${file}:${line}`);
  const read = new Map<SourceDocument, readonly (readonly [Path, string])[]>();
  return {
    at(source, path) {
      const document = documentOf(source);
      return document === undefined ? undefined : { file: source.file, line: document.lineOf(path) };
    },
    exactly(source, path) {
      const document = documentOf(source);
      if (document === undefined || !isWritten(document.value, path)) return undefined;
      return { file: source.file, line: document.lineOf(path) };
    },
    first(file) {
      for (const document of documents.values()) if (document.source.file === file) return document.source;
      return undefined;
    },
    scalars(source) {
      const document = documentOf(source);
      if (document === undefined) return [];
      const known = read.get(document) ?? [...scalarsOf(document.value, [])];
      read.set(document, known);
      return known;
    },
  };
}

function isWritten(value: unknown, path: Path): boolean {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return false;
    here = (here as Record<string | number, unknown>)[step];
  }
  return true;
}

function* scalarsOf(value: unknown, path: Path): Generator<readonly [Path, string]> {
  if (typeof value === "string" || typeof value === "number") yield [path, String(value)];
  if (typeof value !== "object" || value === null) return;
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  for (const [key, part] of entries) yield* scalarsOf(part, [...path, key]);
}
