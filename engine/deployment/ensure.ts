import { EngineError } from "../errors";
import { parseReference } from "../urn";
import type { Run } from "./run";

/** Loads a provider that the state names and the program has not registered, with the inputs that it had. */
export async function ensureProvider(run: Run, reference: string): Promise<void> {
  if (reference === "" || run.instances.has(reference)) {
    return;
  }
  const { urn, id } = parseReference(reference);
  const old =
    run.olds.get(urn) ??
    run.options.base.resources.find((resource) => resource.urn === urn && resource.fields.id === id);
  if (old === undefined || old.fields.id !== id) {
    throw new EngineError(`the state has no provider ${reference}, which a resource in it names`);
  }
  await run.instances.configure(reference, old.fields.inputs);
}
