import type { DiffResponse } from "../providers/provider";
import type { ResourceState } from "../state/resource";
import type { Goal } from "../steps/goal";
import type { Step } from "../steps/step";
import { makeStep } from "../steps/step";
import { checkedInputs } from "./check";
import { dependentReplacements } from "./dependents";
import { ensureProvider } from "./ensure";
import { execute } from "./execute";
import type { Run } from "./run";

/** A resource that must be replaced. */
export interface Replacement {
  readonly old: ResourceState;
  readonly made: ResourceState;
  readonly diff: DiffResponse;
  readonly seed: Uint8Array;
}

/**
 * Does the steps of a replacement but the last, and returns that.
 *
 * @throws if the resource, or one that would have to go with it, is protected.
 */
export async function replace(run: Run, goal: Goal, { old, made, diff, seed }: Replacement): Promise<Step> {
  const { urn } = made;
  if (made.fields.protect && old.fields.protect) {
    throw new Error(
      `unable to replace resource "${urn}"\nas it is currently marked for protection. To unprotect the resource, ` +
        "remove the `protect` flag from the resource in your Pulumi program and run `pulumi up`",
    );
  }
  if (old.fields.importID !== "" && goal.importId === old.fields.importID) {
    const message =
      "previously-imported resources that still specify an ID may not be replaced; " +
      `please remove the \`import\` declaration from your program; what differs: ${diff.replaces.join(", ")}`;
    if (!run.options.preview) {
      throw new Error(message);
    }
    run.report({ urn, severity: "warning", message });
  }
  run.replaced.add(urn);
  // Defaults that were carried over from the old resource do not belong to the new one.
  if (goal.custom && !run.options.replace.has(urn)) {
    made.update({ inputs: await checkedInputs(run, urn, goal, {}, goal.properties, seed) });
    const judged = await run.policies?.judge(made);
    if (judged !== undefined) {
      made.update({ inputs: judged.inputs });
    }
  }
  const change = { keys: diff.replaces, diffs: diff.diffs, detailedDiff: diff.detailedDiff };
  const deleteFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
  const replacement = makeStep("replace", { old, made }, change);
  const creation = makeStep("create-replacement", { old, made }, change);
  if (!deleteFirst) {
    run.planned(creation, replacement);
    await execute(run, creation);
    return replacement;
  }
  const deletes = await deletesBefore(run, old, urn);
  run.planned(...deletes.map(({ step }) => step), replacement, creation);
  for (const { step, keys } of deletes) {
    await ensureProvider(run, step.provider);
    if (keys !== undefined) {
      run.deletedForReplacement.set(step.urn, keys);
    }
    run.deletedUrns.add(step.urn);
    await execute(run, step);
  }
  await execute(run, replacement);
  return creation;
}

/** The deletes ahead of a replacement: first those of dependents that its change would replace too, with the reasons. */
async function deletesBefore(
  run: Run,
  old: ResourceState,
  urn: string,
): Promise<readonly { readonly step: Step; readonly keys?: readonly string[] }[]> {
  const deletes: { step: Step; keys?: readonly string[] }[] = [];
  for (const { state, keys } of (await dependentReplacements(run, old)).reverse()) {
    if (run.deletedStates.has(state)) {
      continue;
    }
    if (state.fields.protect) {
      throw new Error(
        `unable to replace resource "${state.urn}" as part of replacing "${urn}" as it is currently marked for protection`,
      );
    }
    deletes.push({ step: makeStep("delete-replaced", { old: state }), keys });
  }
  if (!old.fields.pendingReplacement) {
    deletes.push({ step: makeStep("delete-replaced", { old }) });
  }
  return deletes;
}
