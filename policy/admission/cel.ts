import type { Condition, Expectation } from "./condition";

/** A validation of Kubernetes' or Kyverno's admission policies. */
export interface Validation {
  readonly expression: string;
  readonly message: string;
}

/** What a pod's containers are called in an expression; see `variables`. */
export const containersVariable = {
  name: "containers",
  expression:
    "object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])",
} as const;

/** A condition in CEL, Kubernetes' expression language, with optional types (Kubernetes 1.29 and later). */
export function celOf({ subject, path, expect, limit }: Condition): Validation {
  const message = `${path.join(".")}: ${limit}`;
  switch (subject) {
    case "pod":
      return { expression: holds(`object.spec`, path, expect), message };
    case "namespace":
      return { expression: holds(`object`, path, expect), message };
    case "containers":
      return { expression: `variables.containers.all(c, ${holds("c", path, expect)})`, message };
    case "volumes":
      return { expression: `object.spec.?volumes.orValue([]).all(v, ${holds("v", path, expect)})`, message };
  }
}

function holds(root: string, path: readonly string[], expect: Expectation): string {
  const value = root + path.map(step).join("");
  switch (expect.is) {
    case "absent":
      return `!${value}.hasValue()`;
    case "present":
      return `${value}.hasValue()`;
    case "not true":
      return `${value}.orValue(false) != true`;
    case "false":
      return `${value}.orValue(true) == false`;
    case "one of":
      return `${value}.orValue('') in ${list(expect.values)}`;
    case "within":
      return `${value}.orValue([]).all(x, x in ${list(expect.values)})`;
    case "matching":
      return `${value}.orValue('').matches(${text(expect.pattern)})`;
    case "not matching":
      return `!${value}.orValue('').matches(${text(expect.pattern)})`;
  }
}

/** A step that may lead nowhere. */
function step(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.?${key}` : `[?${text(key)}]`;
}

/** A literal: quotes and backslashes have to be escaped, for RE2's classes too. */
export function text(value: string): string {
  return `'${value.replace(/[\\']/g, (character) => `\\${character}`)}'`;
}

function list(values: readonly string[]): string {
  return `[${values.map(text).join(", ")}]`;
}

/** Whether an object is one of a named list, as `isAllowed` decides it. */
export function allowedInCel(entries: readonly string[], subject: Condition["subject"]): string | undefined {
  // Not `object.metadata`: Kyverno would read that as the metadata of a controller's template, which has no namespace.
  const name = "object.?metadata.?name.orValue(object.?metadata.?generateName.orValue(''))";
  const namespace =
    subject === "namespace" ? "object.?metadata.?name.orValue('')" : "object.?metadata.?namespace.orValue('')";
  const terms = entries.flatMap((entry) => {
    const [wantedNamespace = "", wanted] = entry.split("/", 2);
    if (wanted === undefined || wanted === "") return [];
    const inNamespace = `${namespace} == ${text(wantedNamespace)}`;
    if (wanted === "*") return [inNamespace];
    return [`(${inNamespace} && (${name} == ${text(wanted)} || ${name}.startsWith(${text(`${wanted}-`)})))`];
  });
  return terms.length === 0 ? undefined : terms.join(" || ");
}
