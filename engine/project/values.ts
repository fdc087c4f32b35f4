import { EngineError } from "../errors";
import type { Json } from "../property/checkpoint";
import { parsePath } from "../property/path";
import { define } from "../property/shape";
import type { Crypter } from "../secrets/passphrase";

/** A configuration value as a stack file holds it: text, a list or map, or `{secure: CIPHERTEXT}` in any place. */
export type ConfigValue = Json;

/** A value opened: its text as a program gets it, and whether anything in it is secret. */
export interface OpenValue {
  /** Text, or JSON if it is an object. */
  readonly value: string;
  readonly object: Json | undefined;
  readonly secret: boolean;
}

/** Whether the value is one secret. */
export function isSecure(value: ConfigValue | undefined): value is { readonly secure: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length === 1 &&
    typeof (value as { secure?: unknown }).secure === "string"
  );
}

/** Whether anything in the value is secret. */
export function hasSecure(value: ConfigValue): boolean {
  if (isSecure(value)) {
    return true;
  }
  return typeof value === "object" && value !== null && Object.values(value).some(hasSecure);
}

/** Opens a value; a missing crypter leaves `[secret]` in the place of secrets. */
export function openValue(value: ConfigValue, crypter: Crypter | undefined): OpenValue {
  const plain = reveal(value, crypter);
  const isObject = typeof plain === "object" && plain !== null;
  return {
    value: isObject ? JSON.stringify(plain) : plain === null ? "" : String(plain),
    object: isObject ? plain : undefined,
    secret: hasSecure(value),
  };
}

function reveal(value: ConfigValue, crypter: Crypter | undefined): Json {
  if (isSecure(value)) {
    return crypter === undefined ? "[secret]" : crypter.decrypt(value.secure);
  }
  if (Array.isArray(value)) {
    return value.map((item: Json) => reveal(item, crypter));
  }
  if (typeof value === "object" && value !== null) {
    const out: Record<string, Json> = {};
    for (const [key, item] of Object.entries(value)) {
      define(out, key, reveal(item, crypter));
    }
    return out;
  }
  return value;
}

/** The secrets in a value, in clear. */
export function secretsIn(value: ConfigValue, crypter: Crypter): string[] {
  if (isSecure(value)) {
    return [crypter.decrypt(value.secure)];
  }
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap((item: ConfigValue) => secretsIn(item, crypter))
    : [];
}

/** A key with its namespace, which is the project's if none is given. */
export function configKey(key: string, project: string): string {
  const parts = key.split(":");
  if (parts.length === 3 && parts[1] === "config") {
    return `${parts[0]}:${parts[2]}`;
  }
  if (parts.length > 2 || key === "" || parts.some((part) => part === "")) {
    throw new EngineError(
      `invalid configuration key: could not parse ${key} as a configuration key (NAME or NAMESPACE:NAME)`,
    );
  }
  return parts.length === 2 ? key : `${project}:${key}`;
}

/** What a `--path` key names: the configuration key, and the steps into its value. */
export function configPath(
  path: string,
  project: string,
): { readonly key: string; readonly steps: (string | number)[] } {
  const colon = /^[^."[\]:]+:/.exec(path)?.[0] ?? "";
  const [first, ...steps] = parsePath(path.slice(colon.length));
  if (first === undefined) {
    throw new EngineError(`invalid configuration key: '${path}' names nothing`);
  }
  return { key: configKey(colon + String(first), project), steps };
}

/** The value at a path, or `undefined`. */
export function valueAt(value: ConfigValue | undefined, steps: readonly (string | number)[]): ConfigValue | undefined {
  let current: ConfigValue | undefined = value;
  for (const step of steps) {
    if (typeof current !== "object" || current === null || isSecure(current)) {
      return undefined;
    }
    const holder: object = current;
    if (!Object.prototype.hasOwnProperty.call(holder, step)) {
      return undefined;
    }
    current = (holder as Record<string, ConfigValue>)[step];
  }
  return current;
}

/** The value with another one at a path; `undefined` takes it away. */
export function withValueAt(
  value: ConfigValue | undefined,
  steps: readonly (string | number)[],
  set: ConfigValue | undefined,
): ConfigValue | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) {
    return set;
  }
  if (typeof step === "number") {
    const list: ConfigValue[] = Array.isArray(value) ? [...(value as Json[])] : [];
    if (step > list.length) {
      throw new EngineError(`array index ${step} is out of range: the list has ${list.length} element(s)`);
    }
    const item = withValueAt(list[step], rest, set);
    if (item === undefined) {
      list.splice(step, 1);
    } else {
      list[step] = item;
    }
    return list;
  }
  const map: Record<string, ConfigValue> = {};
  const before = typeof value === "object" && value !== null && !Array.isArray(value) && !isSecure(value) ? value : {};
  for (const [key, item] of Object.entries(before)) {
    define(map, key, item as ConfigValue);
  }
  const item = withValueAt(map[step], rest, set);
  if (item === undefined) {
    delete map[step];
  } else {
    define(map, step, item);
  }
  return map;
}

/** A text set by `--path` becomes a boolean or a number where it is one, as the official CLI has it. */
export function typedText(text: string): ConfigValue {
  if (text === "true" || text === "false") {
    return text === "true";
  }
  return /^(0|-?[1-9]\d{0,15})$/.test(text) ? Number(text) : text;
}
