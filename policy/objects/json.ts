/** Reading of data whose shape nobody vouches for: what is not as expected reads as if it were not there. */

export type Step = string | number;

/** @returns the value at the path, or undefined if any step of it is missing. Never throws. */
export function at(value: unknown, ...path: readonly Step[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<Step, unknown>)[step];
  }
  return here;
}

export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Texts of a mapping, such as labels; what is no text is left out. */
export function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(mapping(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** A value as a message shows it: JSON, cut short. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const written = JSON.stringify(value) ?? String(value);
  return written.length <= 120 ? written : `${written.slice(0, 117)}...`;
}

/** `spec.containers[0].image`. */
export function fieldText(path: readonly Step[]): string {
  return path.reduce<string>((written, step) => {
    if (typeof step === "number") return `${written}[${step}]`;
    const key = /^[\w$-]+$/.test(step) ? step : JSON.stringify(step);
    return written === "" ? key : `${written}.${key}`;
  }, "");
}

/** Every text of a tree with its path, depth first. Stops at a depth that only a hostile tree has. */
export function* leaves(value: unknown, path: readonly Step[] = []): Generator<readonly [readonly Step[], unknown]> {
  if (typeof value !== "object" || value === null) {
    yield [path, value];
    return;
  }
  if (path.length > 60) return;
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  for (const [key, part] of entries) yield* leaves(part, [...path, key]);
}

/**
 * Calls `visit` for every text of a tree.
 * @param visit gets the path as one array that changes afterwards; copy it to keep it.
 */
export function eachText(value: unknown, visit: (text: string, path: readonly Step[]) => void): void {
  const path: Step[] = [];
  const walk = (part: unknown): void => {
    if (typeof part === "string") return visit(part, path);
    if (typeof part !== "object" || part === null || path.length > 60) return;
    if (Array.isArray(part)) {
      for (let index = 0; index < part.length; index++) {
        path.push(index);
        walk(part[index]);
        path.pop();
      }
      return;
    }
    for (const key of Object.keys(part)) {
      path.push(key);
      walk((part as Mapping)[key]);
      path.pop();
    }
  };
  walk(value);
}

/** Every mapping of a tree with its path, the outer ones first. */
export function* mappings(value: unknown, path: readonly Step[] = []): Generator<readonly [readonly Step[], Mapping]> {
  if (typeof value !== "object" || value === null || path.length > 60) return;
  if (isMapping(value)) yield [path, value];
  const entries = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  for (const [key, part] of entries) yield* mappings(part, [...path, key]);
}
