import { messageOf } from "../errors";
import { equalMaps } from "../property/equal";
import type { DiffKind, DiffResponse } from "../providers/provider";
import { PartialFailure } from "../providers/provider";
import type { Snapshot } from "../state/checkpoint";
import type { ResourceState } from "../state/resource";
import { inputDiff, NO_DIFF } from "../steps/diff";
import type { Step } from "../steps/step";
import { makeStep } from "../steps/step";
import type { Selection } from "../steps/targets";
import { isProviderType, nameOf } from "../urn";
import { ensureProvider } from "./ensure";
import { finishOutputs } from "./outputs";
import { rebuilt } from "./rebuild";
import type { Run } from "./run";
import { Stopped } from "./run";

/**
 * Reads every resource anew.
 *
 * @returns the state as it is in the world; resources that are gone are left out, and named no more.
 * @throws Stopped if one could not be read; what went wrong has then been reported.
 */
export async function refresh(run: Run): Promise<Snapshot> {
  const { base, observer } = run.options;
  const { selection } = run.options;
  const chosen = new Set(base.resources.filter((resource) => refreshed(selection, resource)));
  const found = await Promise.all(
    base.resources.map((resource) =>
      run.slots.run(async () => {
        if (run.stopped || !chosen.has(resource)) {
          return resource;
        }
        const step = makeStep("refresh", { old: resource, made: resource });
        observer.stepStarted(step);
        try {
          const [ended, made] = await read(run, resource, step);
          if (!isProviderType(step.type) || !/^default(_|$)/.test(nameOf(step.urn))) {
            run.count(ended.result ?? "same");
          }
          observer.stepEnded(ended);
          return made;
        } catch (error) {
          run.fail(resource.urn, messageOf(error));
          observer.stepFailed(step);
          return resource;
        }
      }),
    ),
  );
  if (run.stopped) {
    throw new Stopped();
  }
  return { resources: rebuilt(base.resources, found), pending: base.pending };
}

/** Unlike in an update, the stack and providers are left out too unless they are among the targets. */
function refreshed(selection: Selection, resource: ResourceState): boolean {
  const included = selection.includes(resource);
  return included && (selection.targets.isEmpty || selection.isFollowed(resource.urn));
}

async function read(run: Run, old: ResourceState, step: Step): Promise<[Step, ResourceState | undefined]> {
  const { custom, type, pendingReplacement, provider, id, inputs, outputs, external, ignoreChanges } = old.fields;
  if (!custom || isProviderType(type) || pendingReplacement) {
    return [{ ...step, result: "same" }, old];
  }
  await ensureProvider(run, provider);
  const instance = await run.instances.get(provider);
  const context = run.context(old.urn);
  let initErrors: readonly string[] = [];
  let response = { id, inputs, outputs };
  try {
    response = await instance.read({ urn: old.urn, type, name: nameOf(old.urn), id, inputs, outputs }, context);
  } catch (error) {
    if (!(error instanceof PartialFailure)) {
      throw error;
    }
    initErrors = error.reasons;
    response = { id: error.id, inputs: error.inputs ?? inputs, outputs: error.outputs };
    const message = `Refreshed resource is in an unhealthy state:\n* ${initErrors.join("\n* ")}`;
    run.report({ urn: old.urn, severity: "warning", message });
  }
  if (response.id === "") {
    return [{ ...step, result: "delete", made: undefined }, undefined];
  }
  const made = old.copy();
  const changed = !equalMaps(response.inputs, inputs) || !equalMaps(response.outputs, outputs);
  const unhealthy = initErrors.length > 0 || old.fields.initErrors.length > 0;
  if (changed || response.id !== id || unhealthy) {
    const modified = changed ? new Date().toISOString() : old.fields.modified;
    made.update({ id: response.id, inputs: response.inputs, outputs: response.outputs, initErrors, modified });
    finishOutputs(made);
  }
  let diff: DiffResponse = NO_DIFF;
  if (external) {
    diff = inputDiff(outputs, response.outputs);
  } else {
    diff = invert(
      await instance.diff(
        {
          urn: old.urn,
          type,
          id: response.id,
          oldInputs: made.fields.inputs,
          oldOutputs: made.fields.outputs,
          newInputs: inputs,
          ignoreChanges,
        },
        context,
      ),
    );
    if (diff.changes === "unknown") {
      diff = inputDiff(inputs, made.fields.inputs);
    }
  }
  const result = diff.changes === "some" ? "update" : "same";
  return [{ ...step, made, result, diffs: diff.diffs, detailedDiff: diff.detailedDiff }, made];
}

/** The comparison was made from the world to the program; a person wants to see it the other way round. */
function invert(diff: DiffResponse): DiffResponse {
  const inverse: Record<DiffKind, DiffKind> = {
    add: "delete",
    "add-replace": "delete-replace",
    delete: "add",
    "delete-replace": "add-replace",
    update: "update",
    "update-replace": "update-replace",
  };
  const entries = Object.entries(diff.detailedDiff ?? {});
  const detailedDiff = Object.fromEntries(
    entries.map(([path, entry]) => [path, { ...entry, kind: inverse[entry.kind] }]),
  );
  return { ...diff, detailedDiff: diff.detailedDiff && detailedDiff };
}
