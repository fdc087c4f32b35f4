import { isList, isMap, withoutSecrets } from "../../property/shape";
import { Unknown } from "../../property/value";
import type { PropertyMap, PropertyValue } from "../../property/value";
import type { CheckFailure } from "../provider";

/** What both `local.Command` and `local.run` take, in clear. */
export interface CommandSettings {
  readonly stdin: string | undefined;
  readonly logging: Logging;
  readonly interpreter: readonly string[];
  readonly dir: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly addPreviousOutputInEnv: boolean;
  /** Patterns of files to read after the command. */
  readonly assetPaths: readonly string[] | undefined;
  /** As `assetPaths`, for one archive. */
  readonly archivePaths: readonly string[] | undefined;
}

/** Which of a running command's streams are shown while it runs. */
export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

const loggings: readonly string[] = ["stdout", "stderr", "stdoutAndStderr", "none"] satisfies Logging[];

/** What an input must be. */
export type Kind = "string" | "boolean" | "strings" | "stringMap" | "any" | "logging";

const baseInputs: Readonly<Record<string, Kind>> = {
  stdin: "string",
  logging: "logging",
  interpreter: "strings",
  dir: "string",
  environment: "stringMap",
  addPreviousOutputInEnv: "boolean",
  assetPaths: "strings",
  archivePaths: "strings",
};

/** The inputs of `command:local:Command`, by kind. */
export const commandInputs: Readonly<Record<string, Kind>> = {
  ...baseInputs,
  create: "string",
  update: "string",
  delete: "string",
  triggers: "any",
};

/** The arguments of `command:local:run`, by kind. */
export const runInputs: Readonly<Record<string, Kind>> = { ...baseInputs, command: "string" };

/**
 * Finds every input that does not fit, in the order of the inputs. Values that are not known yet fit.
 *
 * @param kinds `commandInputs` or `runInputs`.
 */
export function inputFailures(inputs: PropertyMap, kinds: Readonly<Record<string, Kind>>): readonly CheckFailure[] {
  return Object.entries(inputs).flatMap(([property, value]) => {
    const kind = kinds[property];
    if (kind === undefined) {
      return [{ property, reason: `a command has no such property; it has ${Object.keys(kinds).sort().join(", ")}` }];
    }
    const reason = misfit(withoutSecrets(value), kind);
    return reason === undefined ? [] : [{ property, reason }];
  });
}

function misfit(value: PropertyValue, kind: Kind): string | undefined {
  if (value === null || value instanceof Unknown) return undefined;
  switch (kind) {
    case "string":
      return typeof value === "string" ? undefined : "must be a string";
    case "boolean":
      return typeof value === "boolean" ? undefined : "must be true or false";
    case "strings":
      return isList(value) && value.every(isText) ? undefined : "must be a list of strings";
    case "stringMap":
      return isMap(value) && Object.values(value).every(isText) ? undefined : "must be a map of strings";
    case "any":
      return isList(value) ? undefined : "must be a list";
    case "logging":
      return typeof value === "string" && loggings.includes(value)
        ? undefined
        : `must be one of ${loggings.join(", ")}`;
  }
}

function isText(value: PropertyValue): boolean {
  return typeof value === "string" || value instanceof Unknown;
}

/** Reads checked inputs, or the outputs that repeat them, into settings with the official defaults. */
export function readSettings(inputs: PropertyMap): CommandSettings {
  const environment = withoutSecrets(inputs["environment"] ?? null);
  const interpreter = withoutSecrets(inputs["interpreter"] ?? null);
  const assetPaths = withoutSecrets(inputs["assetPaths"] ?? null);
  const archivePaths = withoutSecrets(inputs["archivePaths"] ?? null);
  const logging = textOf(inputs, "logging");
  return {
    stdin: textOf(inputs, "stdin"),
    logging: isLogging(logging) ? logging : "stdoutAndStderr",
    interpreter: isList(interpreter) && interpreter.length > 0 ? interpreter.map(String) : defaultInterpreter(),
    dir: textOf(inputs, "dir"),
    environment: isMap(environment)
      ? Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]))
      : {},
    assetPaths: isList(assetPaths) ? assetPaths.map(String) : undefined,
    archivePaths: isList(archivePaths) ? archivePaths.map(String) : undefined,
    addPreviousOutputInEnv: withoutSecrets(inputs["addPreviousOutputInEnv"] ?? true) !== false,
  };
}

/** The string at `key` in clear, or undefined if there is none or it is not known yet. */
export function textOf(inputs: PropertyMap, key: string): string | undefined {
  const value = withoutSecrets(inputs[key] ?? null);
  return typeof value === "string" ? value : undefined;
}

function isLogging(text: string | undefined): text is Logging {
  return text !== undefined && loggings.includes(text);
}

function defaultInterpreter(): readonly string[] {
  return process.platform === "win32" ? ["cmd", "/C"] : ["/bin/sh", "-c"];
}
