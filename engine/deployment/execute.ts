import { randomUUID } from "node:crypto";

import { messageOf } from "../errors";
import { equalMaps } from "../property/equal";
import { mapValues, secretOf } from "../property/shape";
import { UNKNOWN } from "../property/signature";
import type { PropertyMap } from "../property/value";
import { Secret } from "../property/value";
import { PartialFailure } from "../providers/provider";
import type { ResourceFields, ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import { isProviderType, nameOf } from "../urn";
import { UnconfiguredProvider, withoutInternal } from "./providers";
import type { Run } from "./run";
import { Stopped } from "./run";

/**
 * Does one step: tells the observers, notes it in the journal, and calls the provider.
 *
 * @throws Stopped if it failed; what went wrong has then been reported.
 */
export async function execute(run: Run, step: Step): Promise<void> {
  const { observer } = run.options;
  observer.stepStarted(step);
  try {
    await perform(run, step);
  } catch (error) {
    run.fail(step.urn, messageOf(error));
    observer.stepFailed(step);
    throw new Stopped();
  }
  if (step.logical && !isDefaultProvider(step)) {
    run.count(step.op);
  }
  if (step.made !== undefined && !step.made.fields.custom) {
    run.componentSteps.set(step.urn, step);
  }
  // A component ends with its outputs, except in a preview, where both are told.
  if (step.made === undefined || step.made.fields.custom || run.options.preview) {
    observer.stepEnded(step);
  }
}

function isDefaultProvider(step: Step): boolean {
  return isProviderType(step.type) && /^default(_|$)/.test(nameOf(step.urn));
}

async function perform(run: Run, step: Step): Promise<void> {
  switch (step.op) {
    case "same":
      return same(run, step);
    case "create":
    case "create-replacement":
      return create(run, step);
    case "update":
      return update(run, step);
    case "delete":
    case "delete-replaced":
    case "discard":
    case "discard-replaced":
      return remove(run, step);
    case "remove-pending-replace":
      await run.journal.end(step.old as ResourceState, { old: step.old as ResourceState });
      return;
    case "replace":
      return;
    case "read":
    case "read-replacement":
    case "refresh":
      throw new Error(`${step.op} steps are not done here`);
  }
}

async function same(run: Run, step: Step): Promise<void> {
  const old = step.old as ResourceState;
  const made = step.made as ResourceState;
  const { id, outputs, created, modified } = old.fields;
  made.update({ id, outputs, created, modified });
  // Values that did not change keep their objects, and so their cipher texts.
  if (equalMaps(old.fields.inputs, made.fields.inputs)) {
    made.update({ inputs: old.fields.inputs });
  }
  if (isProviderType(step.type)) {
    await run.instances.configure(`${made.urn}::${id}`, old.fields.inputs);
  }
  finishOutputs(made);
  run.journal.note({ old, made });
  if (!sameFields(old.fields, made.fields)) {
    await run.journal.flush(true);
  }
}

/** Whether a `same` step changed nothing that matters; positions in the source do not. */
function sameFields(a: ResourceFields, b: ResourceFields): boolean {
  const plain = ({
    inputs: _inputs,
    outputs: _outputs,
    sourcePosition: _source,
    stackTrace: _trace,
    ...rest
  }: ResourceFields) => JSON.stringify(rest);
  return plain(a) === plain(b) && equalMaps(a.inputs, b.inputs) && equalMaps(a.outputs, b.outputs);
}

async function create(run: Run, step: Step): Promise<void> {
  const made = step.made as ResourceState;
  await run.journal.begin(made, "creating");
  let failure: PartialFailure | undefined;
  try {
    const result = await callCreate(run, made);
    const now = new Date().toISOString();
    made.update({ ...result, created: now, modified: now });
  } catch (error) {
    if (!(error instanceof PartialFailure) || error.id === "") {
      await run.journal.end(made, {});
      throw error;
    }
    failure = error;
    const now = new Date().toISOString();
    made.update({ id: error.id, outputs: error.outputs, initErrors: error.reasons, created: now, modified: now });
  }
  finishOutputs(made);
  if (step.op === "create-replacement" && step.old && !run.deletedStates.has(step.old)) {
    if (!step.old.fields.pendingReplacement) {
      step.old.update({ delete: true });
    }
  }
  const done = step.old?.fields.pendingReplacement ? { old: step.old } : {};
  await run.journal.end(made, { ...done, made });
  if (failure) {
    throw failure;
  }
}

async function callCreate(run: Run, made: ResourceState): Promise<{ id: string; outputs: PropertyMap }> {
  const { preview } = run.options;
  const { custom, type, inputs, provider, customTimeouts } = made.fields;
  if (!custom) {
    return { id: "", outputs: {} };
  }
  if (isProviderType(type)) {
    const id = preview ? UNKNOWN : randomUUID();
    await run.instances.configure(`${made.urn}::${id}`, inputs);
    return { id, outputs: withoutInternal(inputs) };
  }
  try {
    const instance = await run.instances.get(provider);
    const request = {
      urn: made.urn,
      type,
      name: nameOf(made.urn),
      inputs,
      timeout: customTimeouts.create ?? 0,
      preview,
    };
    const response = await instance.create(request, run.context(made.urn));
    if (!preview && response.id === "") {
      throw new Error("provider did not return an ID from Create");
    }
    return { id: response.id, outputs: response.outputs };
  } catch (error) {
    if (preview && error instanceof UnconfiguredProvider) {
      return { id: "", outputs: inputs };
    }
    throw error;
  }
}

async function update(run: Run, step: Step): Promise<void> {
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

async function remove(run: Run, step: Step): Promise<void> {
  const old = step.old as ResourceState;
  const replacing = step.op === "delete-replaced";
  const { custom, type, id, inputs, outputs, provider, customTimeouts } = old.fields;
  if (old.fields.protect && step.op === "delete") {
    throw new Error(
      `resource "${old.urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, ` +
        "either remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`, " +
        `or use the command:\n\`pulumi state unprotect '${old.urn}'\``,
    );
  }
  run.deletedStates.add(old);
  await run.journal.begin(old, "deleting");
  const skip =
    run.options.preview ||
    !custom ||
    isProviderType(type) ||
    old.fields.external ||
    old.fields.retainOnDelete ||
    (old.fields.deletedWith !== "" && run.deletedUrns.has(old.fields.deletedWith));
  if (!skip) {
    try {
      const instance = await run.instances.get(provider);
      const request = { urn: old.urn, type, id, inputs, outputs, timeout: customTimeouts.delete ?? 0 };
      await instance.delete(request, run.context(old.urn));
    } catch (error) {
      await run.journal.end(old, {});
      throw error;
    }
  }
  // Deleted ahead of its replacement, it stays in the state until that is made, so that a crash does not lose it.
  if (replacing && !old.fields.delete) {
    old.update({ pendingReplacement: true });
    await run.journal.end(old, {});
  } else {
    await run.journal.end(old, { old });
  }
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
