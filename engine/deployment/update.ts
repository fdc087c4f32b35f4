import type { PropertyMap } from "../property/value";
import { PartialFailure } from "../providers/provider";
import type { ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import { isProviderType } from "../urn";
import { finishOutputs } from "./outputs";
import { UnconfiguredProvider, withoutInternal } from "./providers";
import type { Run } from "./run";

/** Changes a resource in place. */
export async function update(run: Run, step: Step): Promise<void> {
  const old = step.old as ResourceState;
  const made = step.made as ResourceState;
  const { id, created, modified } = old.fields;
  made.update({ id, created, modified });
  await run.journal.begin(made, "updating");
  let failure: PartialFailure | undefined;
  try {
    made.update({ outputs: await callUpdate(run, old, made), modified: new Date().toISOString() });
  } catch (error) {
    if (!(error instanceof PartialFailure)) {
      await run.journal.end(made, {});
      throw error;
    }
    failure = error;
    made.update({ outputs: error.outputs, initErrors: error.reasons, modified: new Date().toISOString() });
  }
  finishOutputs(made);
  await run.journal.end(made, { old, made });
  if (failure) {
    throw failure;
  }
}

async function callUpdate(run: Run, old: ResourceState, made: ResourceState): Promise<PropertyMap> {
  const { preview } = run.options;
  const { custom, type, id, inputs, provider, customTimeouts, ignoreChanges } = made.fields;
  if (!custom) {
    return {};
  }
  if (isProviderType(type)) {
    await run.instances.configure(`${made.urn}::${id}`, inputs);
    return withoutInternal(inputs);
  }
  try {
    const instance = await run.instances.get(provider);
    const response = await instance.update(
      {
        urn: made.urn,
        type,
        id,
        oldInputs: old.fields.inputs,
        oldOutputs: old.fields.outputs,
        newInputs: inputs,
        ignoreChanges,
        timeout: customTimeouts.update ?? 0,
        preview,
      },
      run.context(made.urn),
    );
    return response.outputs;
  } catch (error) {
    if (preview && error instanceof UnconfiguredProvider) {
      return inputs;
    }
    throw error;
  }
}
