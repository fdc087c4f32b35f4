import { EngineError } from "../errors";
import { equalMaps } from "../property/equal";
import type { PropertyMap } from "../property/value";
import type { Run } from "./run";

/**
 * Takes the outputs of a component or of the stack.
 *
 * @throws if the resource is unknown.
 */
export async function registerOutputs(run: Run, urn: string, outputs: PropertyMap): Promise<void> {
  run.goOn();
  const state = run.news.get(urn);
  const step = run.componentSteps.get(urn);
  if (state === undefined || step === undefined) {
    throw new EngineError(`cannot complete a resource '${urn}' whose registration isn't pending`);
  }
  const changed = !equalMaps(state.fields.outputs, outputs);
  if (changed) {
    state.update({ outputs });
    await run.journal.flush(true);
  }
  run.options.observer.stepEnded(step);
}
