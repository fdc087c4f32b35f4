import { differences } from "../../property/difference";
import { formatPath } from "../../property/pathText";
import { withoutSecrets } from "../../property/shape";
import type { PropertyMap } from "../../property/value";
import type { DiffKind, DiffRequest, DiffResponse } from "../provider";
import { withoutEngineInputs } from "../providerConfig";
import { copyFile } from "./remote/inputs";

/**
 * Compares old and new inputs of a command. Only `triggers` as a whole, given or taken away, replaces it; a trigger
 * that changes inside the list updates, as recorded from the official provider 4.5.0.
 */
export function diffCommand(request: DiffRequest): DiffResponse {
  const news = { ...withoutEngineInputs(request.newInputs), ...kept(request.oldOutputs, request.ignoreChanges) };
  const found = differences(openConnection(withoutEngineInputs(request.oldInputs)), openConnection(news));
  const detailed = found.map(({ path, kind }) => {
    const key = formatPath(path);
    // The official CopyFile cannot update.
    const replaces = key === "triggers" || request.type === copyFile;
    return { key, top: String(path[0]), kind: (replaces ? `${kind}-replace` : kind) as DiffKind, replaces };
  });
  return {
    changes: detailed.length > 0 ? "some" : "none",
    diffs: [...new Set(detailed.map(({ top }) => top))],
    replaces: detailed.filter(({ replaces }) => replaces).map(({ top }) => top),
    stables: [],
    deleteBeforeReplace: false,
    detailedDiff: Object.fromEntries(detailed.map(({ key, kind }) => [key, { kind, inputDiff: false }])),
  };
}

/** The official provider may mark parts of a connection secret once more inside it, which is no difference. */
function openConnection(inputs: PropertyMap): PropertyMap {
  const { connection } = inputs;
  return connection === undefined ? inputs : { ...inputs, connection: withoutSecrets(connection) };
}

function kept(olds: PropertyMap, ignored: readonly string[]): PropertyMap {
  return Object.fromEntries(ignored.flatMap((key) => (olds[key] === undefined ? [] : [[key, olds[key]]])));
}
