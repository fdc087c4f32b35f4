import { EngineError, RefusedError } from "../errors";

/** What a flag takes: nothing, one text, one number, or a text each time that it is given. */
export type FlagKind = "switch" | "text" | "number" | "list";
export type FlagSpec = Readonly<Record<string, FlagKind>>;

/** Flags that every verb takes. */
const COMMON: FlagSpec = {
  "non-interactive": "switch",
  color: "text",
  cwd: "text",
  emoji: "switch",
  stack: "text",
  "config-file": "text",
  "exec-kind": "text",
  "exec-agent": "text",
  logflow: "switch",
  logtostderr: "switch",
  verbose: "number",
};

const SHORT: Readonly<Record<string, string>> = {
  s: "stack",
  C: "cwd",
  y: "yes",
  m: "message",
  t: "target",
  p: "parallel",
  r: "refresh",
  j: "json",
  f: "force",
  d: "debug",
  e: "emoji",
  v: "verbose",
};

/** A verb's arguments, read. */
export class Arguments {
  constructor(
    readonly verb: string,
    readonly positional: readonly string[],
    private readonly values: ReadonlyMap<string, readonly string[]>,
    /** Flags and their values in the order in which they were given. */
    readonly sequence: readonly (readonly [string, string])[],
  ) {}

  has(flag: string): boolean {
    const value = this.text(flag);
    return value !== undefined && value !== "false";
  }

  text(flag: string): string | undefined {
    const values = this.values.get(flag);
    return values?.[values.length - 1];
  }

  list(flag: string): readonly string[] {
    return this.values.get(flag) ?? [];
  }

  number(flag: string): number | undefined {
    const text = this.text(flag);
    if (text === undefined) {
      return undefined;
    }
    if (!/^-?\d+$/.test(text)) {
      throw new EngineError(`invalid argument "${text}" for "--${flag}" flag: it must be a whole number`);
    }
    return Number(text);
  }
}

/**
 * Reads the arguments of a verb.
 *
 * @param spec the verb's own flags; any other is refused by name.
 * @param names what the positional arguments are called; more are refused.
 */
export function parseArguments(
  verb: string,
  args: readonly string[],
  spec: FlagSpec,
  names: readonly string[],
): Arguments {
  const flags = { ...COMMON, ...spec };
  const positional: string[] = [];
  const values = new Map<string, string[]>();
  const sequence: [string, string][] = [];
  const add = (flag: string, value: string) => {
    values.set(flag, [...(values.get(flag) ?? []), value]);
    sequence.push([flag, value]);
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === "--") {
      positional.push(...args.slice(i + 1));
      break;
    }
    const match = /^(?:--([A-Za-z][\w-]*)|-([A-Za-z]))(?:=([\s\S]*))?$/.exec(word);
    if (!match) {
      positional.push(word);
      continue;
    }
    const flag = match[1] ?? SHORT[match[2] ?? ""] ?? `-${match[2]}`;
    const kind = flags[flag];
    if (kind === undefined) {
      throw new RefusedError(`the flag ${flag.startsWith("-") ? flag : `--${flag}`} of 'pulumi ${verb}'`);
    }
    if (kind === "switch") {
      add(flag, match[3] ?? "true");
    } else if (match[3] !== undefined) {
      add(flag, match[3]);
    } else if (i + 1 < args.length) {
      add(flag, args[++i] as string);
    } else {
      throw new EngineError(`flag needs an argument: --${flag}`);
    }
  }
  if (positional.length > names.length && !names.includes("...")) {
    const extra = positional.slice(names.length).join(", ");
    throw new EngineError(`'pulumi ${verb}' takes ${names.join(", ") || "no arguments"}; it was also given ${extra}`);
  }
  return new Arguments(verb, positional, values, sequence);
}
