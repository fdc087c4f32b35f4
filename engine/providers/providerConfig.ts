import { differences } from "../property/difference";
import type { PropertyMap } from "../property/value";
import type { CheckResponse, DiffRequest, DiffResponse } from "./provider";

/** Inputs that belong to the engine rather than to the provider: its version and whatever starts with `__`. */
export function isEngineInput(key: string): boolean {
  return key === "version" || key.startsWith("__");
}

/** The map without the engine's own inputs. */
export function withoutEngineInputs(inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !isEngineInput(key)));
}

/**
 * Checks a provider's configuration against the keys it knows.
 *
 * @param inputs the provider resource's inputs, engine inputs included; they are returned as they are.
 * @param known the configuration keys of the provider.
 */
export function checkKnownConfig(name: string, inputs: PropertyMap, known: readonly string[]): CheckResponse {
  const unknown = Object.keys(withoutEngineInputs(inputs)).filter((key) => !known.includes(key));
  const keys = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
  return {
    inputs,
    failures: unknown.map((property) => ({ property, reason: `the ${name} provider has no such setting: ${keys}` })),
  };
}

/** Compares a provider's configuration; `replaces` are the keys whose change needs a new provider. */
export function diffConfigKeys(request: DiffRequest, replaces: (key: string) => boolean): DiffResponse {
  const found = differences(withoutEngineInputs(request.oldInputs), withoutEngineInputs(request.newInputs));
  const diffs = [...new Set(found.map((difference) => String(difference.path[0])))];
  return {
    changes: diffs.length > 0 ? "some" : "none",
    diffs,
    replaces: diffs.filter(replaces),
    stables: [],
    deleteBeforeReplace: false,
    detailedDiff: undefined,
  };
}
