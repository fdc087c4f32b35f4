import { PartialFailure } from "../providers/provider";
import type { ResourceState } from "../state/resource";
import type { Goal } from "../steps/goal";
import type { Step } from "../steps/step";
import { nameOf } from "../urn";
import type { Run } from "./run";

/** Whether the goal asks to take over a resource of this id that the state does not manage yet. */
export function wantsImport(goal: Goal, old: ResourceState | undefined): boolean {
  if (!goal.custom || goal.importId === "") {
    return false;
  }
  return old === undefined || old.fields.external || (old.fields.importID || old.fields.id) !== goal.importId;
}

/**
 * Reads the resource of the id that the program names, and takes it into the state as the provider describes it.
 *
 * Source: `ImportStep` of `pkg/resource/deploy/step.go`. It reads in a preview too.
 *
 * @throws if there is no such resource, or the provider cannot tell its inputs.
 */
export async function importResource(run: Run, step: Step): Promise<void> {
  const made = step.made as ResourceState;
  const { type, provider, importID } = made.fields;
  await run.journal.begin(made, "importing");
  try {
    const instance = await run.instances.get(provider);
    const request = { urn: made.urn, type, name: nameOf(made.urn), id: importID, inputs: {}, outputs: {} };
    const { id, inputs, outputs, initErrors } = await instance.read(request, run.context(made.urn)).then(
      (response) => ({ ...response, initErrors: [] as readonly string[] }),
      (error: unknown) => {
        if (!(error instanceof PartialFailure)) {
          throw error;
        }
        return { id: error.id, inputs: error.inputs ?? {}, outputs: error.outputs, initErrors: error.reasons };
      },
    );
    if (id === "") {
      throw new Error(`resource '${importID}' does not exist`);
    }
    const now = new Date().toISOString();
    made.update({ id, inputs, outputs, initErrors, created: now, modified: now });
  } catch (error) {
    await run.journal.end(made, {});
    throw error;
  }
  if (step.op === "import-replacement" && step.old) {
    step.old.update({ delete: true });
  }
  await run.journal.end(made, { made });
}
