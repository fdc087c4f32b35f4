import { withoutSecrets } from "../../../property/shape";
import { AssetOrArchive, Unknown } from "../../../property/value";
import type { PropertyMap } from "../../../property/value";
import type { CheckFailure, CheckResponse } from "../../provider";
import { inputFailures } from "../inputs";
import type { Kind } from "../inputs";
import { checkConnection } from "./connection";

export const remoteCommand = "command:remote:Command";
export const copyToRemote = "command:remote:CopyToRemote";
export const copyFile = "command:remote:CopyFile";
export const remoteTypes: readonly string[] = [remoteCommand, copyToRemote, copyFile];

const kinds: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  [remoteCommand]: {
    create: "string",
    update: "string",
    delete: "string",
    stdin: "string",
    logging: "logging",
    environment: "stringMap",
    addPreviousOutputInEnv: "boolean",
    triggers: "any",
  },
  [copyToRemote]: { remotePath: "string", triggers: "any" },
  [copyFile]: { localPath: "string", remotePath: "string", triggers: "any" },
};

const required: Readonly<Record<string, readonly string[]>> = {
  [remoteCommand]: [],
  [copyToRemote]: ["remotePath"],
  [copyFile]: ["localPath", "remotePath"],
};

/**
 * Checks the inputs of a remote resource and completes its connection.
 *
 * @param inputs without nulls.
 */
export function checkRemote(type: string, inputs: PropertyMap): CheckResponse {
  const { connection: given, source, ...others } = inputs;
  const { connection, failures } = checkConnection(given);
  const found: CheckFailure[] = [...failures];
  if (type === copyToRemote) found.push(...sourceFailures(source ?? null));
  else if (source !== undefined) found.push({ property: "source", reason: `${type} has no such property` });
  for (const property of required[type] ?? []) {
    if (others[property] === undefined) found.push({ property, reason: "is missing" });
  }
  found.push(...inputFailures(others, kinds[type] ?? {}));
  return { inputs: { ...inputs, connection }, failures: found };
}

function sourceFailures(source: PropertyMap[string]): readonly CheckFailure[] {
  const value = withoutSecrets(source);
  if (value instanceof Unknown) return [];
  if (!(value instanceof AssetOrArchive)) {
    return [{ property: "source", reason: "must be an asset or an archive" }];
  }
  return [];
}
