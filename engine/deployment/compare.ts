import { equalValues } from "../property/equal";
import { ignoreChanges } from "../property/path";
import { hasUnknown, withoutSecrets } from "../property/shape";
import type { PropertyMap, PropertyValue } from "../property/value";
import type { DiffResponse } from "../providers/provider";
import type { ResourceState } from "../state/resource";
import { componentDiff, inputDiff, mustReplace, NO_DIFF, replaceBecauseOf } from "../steps/diff";
import type { Goal } from "../steps/goal";
import { isProviderType, parseReference } from "../urn";
import { UnconfiguredProvider } from "./providers";
import type { Run } from "./run";

/** What differs between the state and the goal, as the resource's provider sees it. */
export async function compare(run: Run, goal: Goal, old: ResourceState, made: ResourceState): Promise<DiffResponse> {
  if (run.options.replace.has(made.urn)) {
    return replaceBecauseOf("id");
  }
  if (triggered(old.fields.replacementTrigger, made.fields.replacementTrigger)) {
    return replaceBecauseOf("replacementTrigger");
  }
  if (goal.replaceWith.some((urn) => run.replaced.has(urn))) {
    return replaceBecauseOf("replaceWith");
  }
  if (goal.deletedWith !== "" && run.replaced.has(goal.deletedWith)) {
    return replaceBecauseOf("deletedWith");
  }
  if (await providerChanged(run, old, made)) {
    return replaceBecauseOf("provider");
  }
  if (!goal.custom) {
    return componentDiff(old.fields.inputs, made.fields.inputs);
  }
  return diffResource(run, old, made.fields.inputs, made.fields.provider, goal.ignoreChanges);
}

/** Secrecy does not matter, an unknown counts as a change, and a trigger that comes or goes replaces nothing. */
function triggered(old: PropertyValue, now: PropertyValue): boolean {
  if (hasUnknown(old) || hasUnknown(now)) {
    return true;
  }
  return old !== null && now !== null && !equalValues(withoutSecrets(old), withoutSecrets(now));
}

async function providerChanged(run: Run, old: ResourceState, made: ResourceState): Promise<boolean> {
  const before = old.fields.provider;
  const after = made.fields.provider;
  if (before === after) {
    return false;
  }
  if (before === "" || after === "") {
    return true;
  }
  const oldProvider = run.olds.get(parseReference(before).urn);
  const newProvider = run.news.get(parseReference(after).urn);
  if (oldProvider === undefined || newProvider === undefined) {
    return true;
  }
  if (run.renamed.get(oldProvider.urn) === newProvider.urn) {
    return false;
  }
  const diff = await run.instances.diffConfig({
    urn: newProvider.urn,
    type: newProvider.fields.type,
    id: oldProvider.fields.id,
    oldInputs: oldProvider.fields.inputs,
    oldOutputs: oldProvider.fields.outputs,
    newInputs: newProvider.fields.inputs,
    ignoreChanges: [],
  });
  return mustReplace(diff);
}

/** The provider's own comparison; where it cannot say, the engine compares the inputs. */
export async function diffResource(
  run: Run,
  old: ResourceState,
  newInputs: PropertyMap,
  provider: string,
  ignored: readonly string[],
): Promise<DiffResponse> {
  const { type, id, inputs: oldInputs, outputs: oldOutputs } = old.fields;
  const request = { urn: old.urn, type, id, oldInputs, oldOutputs, newInputs, ignoreChanges: ignored };
  let diff: DiffResponse;
  if (isProviderType(type)) {
    diff = await run.instances.diffConfig(request);
  } else {
    try {
      const instance = await run.instances.get(provider);
      diff = await instance.diff(request, run.context(old.urn));
    } catch (error) {
      if (run.options.preview && error instanceof UnconfiguredProvider) {
        run.report({ urn: old.urn, severity: "warning", message: error.message });
        return { ...NO_DIFF, changes: "some" };
      }
      throw error;
    }
  }
  return diff.changes === "unknown" ? inputDiff(oldInputs, ignoreChanges(newInputs, oldInputs, ignored).inputs) : diff;
}
