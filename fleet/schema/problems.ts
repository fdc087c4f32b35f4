import { z } from "zod";
import { nearest } from "../nearest";
import type { Path, Problem } from "../problem";
import { quote } from "../quote";
import type { SourceDocument } from "../source/document";
import { formatOf } from "./formats";

type Issue = z.core.$ZodIssue;

/** What the schema found, in words for people and with codes. */
export function schemaProblems(schema: z.ZodType, document: SourceDocument, issues: readonly Issue[]): Problem[] {
  const wrongType = new Set(issues.filter((issue) => issue.code === "invalid_type").map((issue) => keyOf(issue.path)));
  // A value of the wrong type may break a rule of the right type too, which says nothing new.
  const telling = issues.filter((issue) => issue.code === "invalid_type" || !wrongType.has(keyOf(issue.path)));
  const mistyped = new Set(telling.flatMap((issue) => meantKeys(schema, document.value, issue)));
  return telling
    .flatMap((issue) => problemsOf(schema, document, issue, issue.path as Path))
    .filter((problem) => problem.code !== "EDGE-KEY-002" || !mistyped.has(keyOf(problem.path)));
}

/** The keys that unknown ones most likely stand for: those are not missing too. */
function meantKeys(schema: z.ZodType, root: unknown, issue: Issue): string[] {
  if (issue.code !== "unrecognized_keys") return [];
  const known = knownKeys(schema, root, issue.path as Path);
  return issue.keys.map((key) => keyOf([...issue.path, nearest(key, known) ?? ""]));
}

const keyOf = (path: readonly PropertyKey[]): string => JSON.stringify(path.map(String));

function problemsOf(schema: z.ZodType, document: SourceDocument, issue: Issue, path: Path): Problem[] {
  const { source } = document;
  const value = valueAt(document.value, path);
  const problem = (code: Problem["code"], message: string, hint?: string): Problem[] => [
    { code, source, path, message, ...(hint === undefined ? {} : { hint }) },
  ];

  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schema, document.value, path);
    return issue.keys.map((key) => ({
      code: "EDGE-KEY-001",
      source,
      path: [...path, key],
      message: `unknown key ${quote(key)}`,
      ...hintFor(key, known),
    }));
  }
  if (issue.code === "invalid_key") {
    const format = formatOf(formatName(issue.issues[0]) ?? "");
    return problem(format?.code ?? "EDGE-VALUE-003", `the key must be ${format?.expected ?? "of another form"}`);
  }
  if (value === undefined) return problem("EDGE-KEY-002", `${lastKey(path)} is missing`);
  switch (issue.code) {
    case "invalid_type":
      return problem(
        "EDGE-VALUE-001",
        value === null
          ? `must be ${typeText(issue.expected)} and has no value`
          : `must be ${typeText(issue.expected)}, and ${quote(value)} is ${kindOf(value)}`,
        typeHint(issue.expected, value, document.textOf(path)),
      );
    case "invalid_value": {
      const allowed = issue.values.map(String);
      return problem(
        "EDGE-VALUE-002",
        `${quote(value)} is not ${oneOf(allowed)}`,
        typeof value === "string" ? hintFor(value, allowed).hint : undefined,
      );
    }
    case "invalid_format": {
      const format = formatOf(issue.format);
      const expected = format?.expected ?? (issue.format === "date" ? "a date, such as 2026-11-02" : "of another form");
      return problem(format?.code ?? "EDGE-VALUE-003", `must be ${expected}, and is ${quote(value)}`);
    }
    case "invalid_union": {
      const union = issue.discriminator === undefined ? undefined : unionAt(schema, document.value, path.slice(0, -1));
      if (union !== undefined) {
        const allowed = [...discriminated(union).keys()].map(String);
        if (typeof value !== "string") {
          return problem("EDGE-VALUE-001", `must be ${typeText("string")}, and ${quote(value)} is ${kindOf(value)}`);
        }
        return problem("EDGE-VALUE-002", `${quote(value)} is not ${oneOf(allowed)}`, hintFor(value, allowed).hint);
      }
      return problem("EDGE-VALUE-003", `${issue.message}, and is ${quote(value)}`);
    }
    case "too_small":
      return problem(
        "EDGE-VALUE-004",
        `must ${sizeWords(issue.origin)} at least ${issue.minimum}${unitOf(issue.origin)}, and ${measured(value)}`,
      );
    case "too_big":
      return problem(
        "EDGE-VALUE-004",
        `must ${sizeWords(issue.origin)} at most ${issue.maximum}${unitOf(issue.origin)}, and ${measured(value)}`,
      );
    default:
      return problem("EDGE-VALUE-003", `${issue.message}: ${quote(value)}`);
  }
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** The keys that the schema has for the object at the path; of a union, those of the option that the object names. */
function knownKeys(schema: z.ZodType, root: unknown, path: Path): string[] {
  const at = schemaAt(schema, root, path);
  return at instanceof z.ZodObject ? Object.keys(at.shape as object) : [];
}

function unionAt(schema: z.ZodType, root: unknown, path: Path): z.ZodDiscriminatedUnion | undefined {
  const at = schemaAt(schema, root, path);
  return at instanceof z.ZodDiscriminatedUnion ? at : undefined;
}

/** The schema of the value at the path; a union itself if the value does not say which option it is. */
function schemaAt(schema: z.ZodType, root: unknown, path: Path): unknown {
  let at = plain(schema, root);
  for (const [index, step] of path.entries()) {
    if (at instanceof z.ZodObject) at = (at.shape as Record<string, unknown>)[String(step)];
    else if (at instanceof z.ZodArray) at = at.element;
    else return undefined;
    at = plain(at, valueAt(root, path.slice(0, index + 1)));
  }
  return at;
}

function plain(schema: unknown, value: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodPipe) at = at instanceof z.ZodPipe ? at.in : at.unwrap();
  if (!(at instanceof z.ZodDiscriminatedUnion)) return at;
  return discriminated(at).get(valueAt(value, [at.def.discriminator])) ?? at;
}

/** The options of a union by what names them. */
function discriminated(union: z.ZodDiscriminatedUnion): Map<unknown, z.ZodType> {
  const { discriminator, options } = union.def;
  return new Map(
    options.flatMap((option) => {
      const literal =
        option instanceof z.ZodObject ? (option.shape as Record<string, unknown>)[discriminator] : undefined;
      return literal instanceof z.ZodLiteral ? [...literal.values].map((value) => [value, option as z.ZodType]) : [];
    }) as [unknown, z.ZodType][],
  );
}

function hintFor(word: string, known: readonly string[]): { hint?: string } {
  const meant = nearest(word, known);
  if (meant !== undefined) return { hint: `Did you mean ${meant}?` };
  return known.length > 0 ? { hint: `Known here: ${known.join(", ")}.` } : {};
}

function typeHint(expected: string, value: unknown, written: string | undefined): string | undefined {
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return `Put it in quotes: "${written ?? String(value)}".`;
  }
  if ((expected === "number" || expected === "int") && typeof value === "string" && /^\d+$/.test(value)) {
    return `Write it without quotes: ${value}.`;
  }
  if (expected === "boolean" && typeof value === "string") return "Write true or false without quotes.";
  if (expected === "array" && typeof value === "string") return `Write a list: [${quote(value)}].`;
  return undefined;
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};
const typeText = (type: string): string => typeNames[type] ?? type;

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeText(typeof value);
}

const oneOf = (allowed: readonly string[]): string =>
  allowed.length === 1 ? String(allowed[0]) : `one of ${allowed.join(", ")}`;
const lastKey = (path: Path): string => String(path.at(-1) ?? "the document");
const isList = (origin: string): boolean => origin === "array" || origin === "set";
const sizeWords = (origin: string): string => (isList(origin) || origin === "string" ? "have" : "be");
const unitOf = (origin: string): string => (isList(origin) ? " entries" : origin === "string" ? " characters" : "");
const measured = (value: unknown): string =>
  Array.isArray(value) || typeof value === "string" ? `has ${value.length}` : `is ${quote(value)}`;

function formatName(issue: unknown): string | undefined {
  const format = (issue as { format?: unknown } | undefined)?.format;
  return typeof format === "string" ? format : undefined;
}
