import { randomUUID } from "node:crypto";

import { UNKNOWN } from "../property/signature";
import type { PropertyMap } from "../property/value";
import { PartialFailure } from "../providers/provider";
import type { ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import { isProviderType, nameOf } from "../urn";
import { finishOutputs } from "./outputs";
import { UnconfiguredProvider, withoutInternal } from "./providers";
import type { Run } from "./run";

/** Makes a resource, or its replacement; the replaced one then waits for its deletion. */
export async function create(run: Run, step: Step): Promise<void> {
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
