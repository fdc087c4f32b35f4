import { randomBytes } from "node:crypto";

import { messageOf } from "../errors";
import { hashAssets } from "../assets/hash";
import { ignoreChanges } from "../property/path";
import type { PropertyMap } from "../property/value";
import { ResourceState } from "../state/resource";
import { aliasUrns } from "../steps/aliases";
import { applyReplaceOnChanges, mustReplace } from "../steps/diff";
import { needsOf } from "../steps/graph";
import type { Goal } from "../steps/goal";
import type { Step } from "../steps/step";
import { makeStep } from "../steps/step";
import { makeUrn } from "../urn";
import { checkedInputs } from "./check";
import { compare } from "./compare";
import { execute } from "./execute";
import { hooksJson } from "./hooks";
import { wantsImport } from "./import";
import { replace } from "./replace";
import { keep, keepNeeds, requireNeeds, skipCreate } from "./untouched";
import type { Run } from "./run";
import { Stopped } from "./run";

/** What a registration came to. */
export interface Registered {
  readonly state: ResourceState;
  readonly step: Step;
  /** Outputs that do not change in an update. */
  readonly stables: readonly string[];
  /** `unknown`: it was not made, and its outputs cannot be known; `failed` and `skipped` come with continued errors. */
  readonly outcome?: "done" | "unknown" | "failed" | "skipped";
}

/**
 * Brings a resource to its goal: finds what there was, checks the inputs, compares, and does the steps.
 *
 * Source: `pkg/resource/deploy/step_generator.go` of pulumi/pulumi.
 *
 * @throws Stopped if it failed or the run has stopped; what went wrong has then been reported.
 */
export async function register(run: Run, goal: Goal): Promise<Registered> {
  run.goOn();
  const { stack, project } = run.options;
  const urn = makeUrn(stack, project, goal.parent, goal.type, goal.name);
  if (run.news.has(urn) || run.operated.has(urn)) {
    run.fail(urn, `Duplicate resource URN '${urn}'; try giving it a unique name`);
    throw new Stopped();
  }
  run.operated.add(urn);
  const old = findOld(run, urn, goal);
  try {
    const properties = await hashAssets(goal.properties, run.options.programFolder);
    return await run.slots.run(async () => {
      run.goOn();
      const asked = newState(urn, goal, old, properties);
      if (run.options.continueOnError && [...needsOf(asked)].some((needed) => run.lost.has(needed))) {
        run.lost.add(urn);
        return lost(run, urn, goal, old, "skipped");
      }
      return place(run, urn, { ...goal, properties }, old);
    });
  } catch (error) {
    if (!(error instanceof Stopped)) {
      run.fail(urn, messageOf(error));
    }
    if (run.lost.has(urn) && !run.stopped) {
      return lost(run, urn, goal, old, "failed");
    }
    throw new Stopped();
  }
}

/** What the program gets for a resource that could not be brought to its goal, where it goes on without it. */
function lost(
  run: Run,
  urn: string,
  goal: Goal,
  old: ResourceState | undefined,
  outcome: "failed" | "skipped",
): Registered {
  const made = newState(urn, goal, old, goal.properties);
  return { state: made, step: makeStep("same", { old, made }), stables: [], outcome };
}

function findOld(run: Run, urn: string, goal: Goal): ResourceState | undefined {
  if (run.renamed.has(urn)) {
    run.fail(
      urn,
      `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${run.renamed.get(urn)}'`,
    );
    throw new Stopped();
  }
  const context = { stack: run.options.stack, project: run.options.project, formerUrns: run.formerUrns };
  for (const candidate of [urn, ...aliasUrns(goal, context)]) {
    const old = run.olds.get(candidate);
    if (old === undefined) {
      continue;
    }
    if (candidate !== urn) {
      if (run.operated.has(candidate) || run.renamed.has(candidate)) {
        run.fail(
          urn,
          `Duplicate resource alias '${candidate}' applied to resource with URN '${urn}' conflicting with resource with URN '${run.renamed.get(candidate) ?? candidate}'`,
        );
        throw new Stopped();
      }
      run.renamed.set(candidate, urn);
      run.formerUrns.set(urn, candidate);
    }
    return old;
  }
  return undefined;
}

async function place(run: Run, urn: string, goal: Goal, found: ResourceState | undefined): Promise<Registered> {
  const wanted = newState(urn, goal, found, goal.properties);
  const selected = run.options.selection.includes(wanted);
  if (!selected) {
    return leaveOut(run, urn, goal, wanted, found);
  }
  await keepNeeds(run, wanted);
  requireNeeds(run, wanted);
  const seed = run.options.planning?.seedOf(urn) ?? randomBytes(32);
  let old: ResourceState | undefined = found;
  let imported: Step | undefined;
  if (wantsImport(goal, old)) {
    run.options.planning?.imported(urn, goal, seed);
    imported = await bringIn(run, urn, goal, old);
    old = imported.made as ResourceState;
  }
  const recreating = run.deletedForReplacement.get(urn) ?? (old && run.deletedForReplacement.get(old.urn));
  const fresh = recreating !== undefined || old === undefined || old.fields.external || run.options.replace.has(urn);
  const kept = old ? keepIgnored(run, urn, goal, old) : goal.properties;
  const inputs = await checkedInputs(
    run,
    urn,
    goal,
    fresh || old === undefined ? {} : old.fields.inputs,
    fresh ? goal.properties : kept,
    seed,
  );
  const made = newState(urn, goal, old, inputs);
  run.news.set(urn, made);
  const from = fresh || old === undefined ? {} : old.fields.inputs;
  run.options.planning?.goal(urn, goal, { old, from, inputs, seed });
  await obeyPolicies(run, made);

  if (recreating !== undefined && old) {
    run.replaced.add(urn);
    run.deletedForReplacement.delete(urn);
    run.deletedForReplacement.delete(old.urn);
    const last = makeStep("create-replacement", { old, made }, { keys: recreating });
    const step = makeStep("replace", { old, made });
    run.planned(step, last);
    await execute(run, step);
    return finish(run, last);
  }
  if (old?.fields.external) {
    const step = makeStep("create-replacement", { old, made });
    const last = makeStep("replace", { old, made });
    run.planned(step, last);
    await execute(run, step);
    return finish(run, last);
  }
  if (old === undefined) {
    return only(run, makeStep("create", { made }));
  }
  const difference = await compare(run, goal, old, made);
  const diff = applyReplaceOnChanges(difference, goal.replaceOnChanges, old.fields.initErrors.length > 0);
  if (old.fields.pendingReplacement || (diff.changes === "some" && mustReplace(diff))) {
    return finish(run, await replace(run, goal, { old, made, diff, seed }), diff.stables);
  }
  if (diff.changes === "some" || old.fields.initErrors.length > 0) {
    return only(run, makeStep("update", { old, made }, diff), diff.stables);
  }
  if (imported !== undefined) {
    // It is as the program wants it; what was imported is the result.
    run.news.set(urn, old);
    return { state: old, step: imported, stables: [] };
  }
  return only(run, makeStep("same", { old, made }));
}

/** Imports the resource; one that the state manages under another id is replaced by it. */
async function bringIn(run: Run, urn: string, goal: Goal, old: ResourceState | undefined): Promise<Step> {
  const made = newState(urn, goal, undefined, {});
  if (old === undefined || run.deletedForReplacement.has(urn)) {
    const step = makeStep("import", { made });
    run.planned(step);
    await execute(run, step);
    return step;
  }
  const step = makeStep("import-replacement", { old, made });
  const last = makeStep("replace", { old, made });
  run.planned(step, last);
  await execute(run, step);
  await execute(run, last);
  return step;
}

/** The run may not touch the resource: what there is stays, and what there is not is not made. */
async function leaveOut(
  run: Run,
  urn: string,
  goal: Goal,
  wanted: ResourceState,
  found: ResourceState | undefined,
): Promise<Registered> {
  const inputs = found?.fields.inputs ?? wanted.fields.inputs;
  const from = found?.fields.inputs ?? {};
  run.options.planning?.goal(urn, goal, { old: found, from, inputs, seed: randomBytes(32) });
  const step = found === undefined ? skipCreate(run, wanted) : await keep(run, found);
  run.planned(step);
  const state = step.made as ResourceState;
  run.news.set(urn, state);
  return { state, step, stables: [], outcome: found === undefined ? "unknown" : "done" };
}

/** Policies may correct the inputs. @throws Stopped if a mandatory one is violated and this is not a preview. */
async function obeyPolicies(run: Run, made: ResourceState): Promise<void> {
  if (run.policies === undefined) {
    return;
  }
  const { inputs, violated } = await run.policies.judge(made);
  if (inputs !== made.fields.inputs) {
    made.update({ inputs });
  }
  if (violated) {
    run.violated();
    run.goOn();
  }
}

/** The one step of a resource. */
async function only(run: Run, step: Step, stables: readonly string[] = []): Promise<Registered> {
  run.planned(step);
  return finish(run, step, stables);
}

async function finish(run: Run, step: Step, stables: readonly string[] = []): Promise<Registered> {
  await execute(run, step);
  return { state: step.made as ResourceState, step, stables };
}

function keepIgnored(run: Run, urn: string, goal: Goal, old: ResourceState): PropertyMap {
  const { inputs, invalid } = ignoreChanges(goal.properties, old.fields.inputs, goal.ignoreChanges);
  if (invalid.length > 0) {
    const paths = invalid.join(", ");
    run.report({
      urn,
      severity: "info",
      message: `cannot ignore changes in added or removed elements of the path: "${paths}"`,
    });
  }
  return inputs;
}

function newState(urn: string, goal: Goal, old: ResourceState | undefined, inputs: PropertyMap): ResourceState {
  const hooks = hooksJson(goal.hooks);
  return new ResourceState({
    urn,
    custom: goal.custom,
    type: goal.type,
    inputs,
    parent: goal.parent,
    protect: goal.protect,
    dependencies: goal.dependencies,
    provider: goal.provider,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    customTimeouts: goal.customTimeouts,
    importID: goal.importId,
    retainOnDelete: goal.retainOnDelete,
    deletedWith: goal.deletedWith,
    replaceWith: goal.replaceWith,
    rest: hooks === undefined ? {} : { resourceHooks: hooks },
    hideDiff: goal.hideDiffs,
    replacementTrigger: goal.replacementTrigger,
    created: old?.fields.created ?? "",
    modified: old?.fields.modified ?? "",
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
  });
}
