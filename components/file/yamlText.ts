import { Document, type DocumentOptions, type SchemaOptions, type CreateNodeOptions } from "yaml";

// Ansible and Kubernetes read YAML 1.1, in which a plain `no` or `12:30` is not a string: write for their schema.
const options: DocumentOptions & SchemaOptions & CreateNodeOptions = {
  version: "1.1",
  schema: "yaml-1.1",
  aliasDuplicateObjects: false,
  keepUndefined: false,
};

/**
 * Renders plain data as a YAML document that reads the same by the rules of YAML 1.1 and 1.2.
 * @param value plain data; keys keep their order.
 * @param header lines of a comment at the top, without `#`.
 */
export function yamlText(value: unknown, header: readonly string[] = []): string {
  const body = bodyOf(value);
  if (header.length === 0) return body;
  return `${header.map((line) => `# ${line}\n`).join("")}\n${body}`;
}

/** A mapping in block style is the text of its pairs, one after the other. */
function bodyOf(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return textOf(value);
  const pairs = Object.entries(value).filter(([, part]) => part !== undefined);
  return pairs.length === 0 ? textOf({}) : pairs.map(([key, part]) => textOf({ [key]: part as unknown })).join("");
}

/**
 * Texts of late: files of sites of one profile have much in common, and to write YAML is most of what it costs to
 * render a fleet. Two halves, so that what is in use stays and what is not goes.
 */
let recent = new Map<string, string>();
let older: ReadonlyMap<string, string> = new Map();
const mostKept = 4096;

function textOf(value: unknown): string {
  const key = JSON.stringify(value, exact);
  const known = recent.get(key);
  if (known !== undefined) return known;
  const text = older.get(key) ?? new Document(value, options).toString({ lineWidth: 0 });
  if (recent.size >= mostKept) {
    older = recent;
    recent = new Map();
  }
  recent.set(key, text);
  return text;
}

/** Numbers that JSON does not tell apart. */
function exact(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { number: Object.is(value, -0) ? "-0" : String(value) };
}
