import { readFileSync } from "node:fs";
import path from "node:path";

/** How a field is written: its type, and whether it is left out when empty, false or zero. */
export interface TypedField {
  readonly type: string;
  readonly omitEmpty: boolean;
}

export interface TypedKinds {
  /** The type of a kind, by `APIVERSION/KIND`. */
  readonly kinds: ReadonlyMap<string, string>;
  /** The fields of a type, by its name. */
  readonly types: ReadonlyMap<string, ReadonlyMap<string, TypedField>>;
}

let loaded: TypedKinds | undefined;

/** The built-in kinds with their fields, from `typedKinds.txt`; read once, when a first object needs it. */
export function typedKinds(): TypedKinds {
  loaded ??= parse(readFileSync(path.join(__dirname, "typedKinds.txt"), "utf8"));
  return loaded;
}

function parse(text: string): TypedKinds {
  const kinds = new Map<string, string>();
  const types = new Map<string, ReadonlyMap<string, TypedField>>();
  for (const line of text.split("\n")) {
    const [what, name = "", ...rest] = line.split(" ");
    if (what === "kind") kinds.set(name, rest[0] ?? "");
    else if (what === "type") types.set(name, new Map(rest.map(parseField)));
  }
  return { kinds, types };
}

function parseField(text: string): [string, TypedField] {
  const colon = text.indexOf(":");
  const omitEmpty = text.endsWith("?");
  return [text.slice(0, colon), { type: text.slice(colon + 1, omitEmpty ? -1 : undefined), omitEmpty }];
}
