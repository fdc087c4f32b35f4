import { messageOf } from "../errors";
import { equalMaps } from "../property/equal";
import type { ResourceFields, ResourceState } from "../state/resource";
import type { Step } from "../steps/step";
import { isProviderType, nameOf } from "../urn";
import { create } from "./create";
import { hooked } from "./hooks";
import { importResource } from "./import";
import { finishOutputs } from "./outputs";
import { remove } from "./remove";
import type { Run } from "./run";
import { Stopped } from "./run";
import { update } from "./update";

/**
 * Does one step: tells the observers, notes it in the journal, and calls the provider.
 *
 * @throws Stopped if it failed; what went wrong has then been reported.
 */
export async function execute(run: Run, step: Step, how: "done" | "kept" = "done"): Promise<void> {
  const { observer } = run.options;
  observer.stepStarted(step);
  try {
    await (how === "kept" ? keepAsItIs(run, step) : perform(run, step));
  } catch (error) {
    run.failStep(step.urn, messageOf(error));
    observer.stepFailed(step);
    throw new Stopped();
  }
  if (step.logical && !isDefaultProvider(step)) {
    run.count(step.op);
  }
  if (step.made !== undefined) {
    run.options.planning?.outputs(step.made);
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
      return hooked(run, step, "Create", () => create(run, step));
    case "update":
      return hooked(run, step, "Update", () => update(run, step));
    case "import":
    case "import-replacement":
      return importResource(run, step);
    case "delete":
    case "delete-replaced":
    case "discard":
    case "discard-replaced":
      return hooked(run, step, "Delete", () => remove(run, step));
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

/** The state stays as it was, outputs of components included. */
async function keepAsItIs(run: Run, step: Step): Promise<void> {
  run.journal.note({ old: step.old as ResourceState, made: step.made as ResourceState });
  await run.journal.flush(true);
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
