import { EngineError } from "../errors";
import { equalMaps } from "../property/equal";
import { mapValues, secretOf } from "../property/shape";
import type { PropertyMap } from "../property/value";
import { Secret } from "../property/value";
import type { ResourceState } from "../state/resource";
import { afterComponent } from "./hooks";
import type { Run } from "./run";

/**
 * Takes the outputs of a component or of the stack.
 *
 * @throws if the resource is unknown.
 */
export async function registerOutputs(run: Run, urn: string, outputs: PropertyMap): Promise<void> {
  run.goOn();
  if (run.skippedCreates.has(urn) || run.lost.has(urn)) {
    return;
  }
  const state = run.news.get(urn);
  const step = run.componentSteps.get(urn);
  if (state === undefined || step === undefined) {
    throw new EngineError(`cannot complete a resource '${urn}' whose registration isn't pending`);
  }
  const old = run.olds.get(run.formerUrns.get(urn) ?? urn);
  run.options.planning?.registered(urn, old?.fields.outputs ?? {}, outputs);
  const changed = !equalMaps(state.fields.outputs, outputs);
  if (changed) {
    state.update({ outputs });
    await run.journal.flush(true);
  }
  await afterComponent(run, step);
  run.options.observer.stepEnded(step);
}

/** Marks outputs as secret that the program asked for, and those whose inputs are. */
export function finishOutputs(state: ResourceState): void {
  const { outputs, inputs, additionalSecretOutputs } = state.fields;
  const wanted = new Set(additionalSecretOutputs);
  const leaks = Object.entries(outputs).some(
    ([key, value]) => !(value instanceof Secret) && (wanted.has(key) || inputs[key] instanceof Secret),
  );
  if (leaks) {
    state.update({
      outputs: mapValues(outputs, (value, key) =>
        wanted.has(key) || inputs[key] instanceof Secret ? secretOf(value) : value,
      ),
    });
  }
}
